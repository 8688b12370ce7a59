"""Interactive widgets for notebooks; they need the `notebook` extra.

Each is an anywidget: its state is Python's, its picture TypeScript's (the folder `web`, built into `static`).
"""

from eitherway.notebook.widgets.jumper import Jumper
from eitherway.notebook.widgets.losses import Losses
from eitherway.notebook.widgets.sampler import Sampler

__all__ = ["Jumper", "Losses", "Sampler"]
