"""Interactive widgets for notebooks; they need the `notebook` extra.

Each is an anywidget: its state is Python's, its picture TypeScript's (the folder `web`, built into `static`).
"""

from eitherway.notebook.widgets.jumper import JumperWidget
from eitherway.notebook.widgets.losses import LossesWidget
from eitherway.notebook.widgets.sampler import SamplerWidget

__all__ = ["JumperWidget", "LossesWidget", "SamplerWidget"]
