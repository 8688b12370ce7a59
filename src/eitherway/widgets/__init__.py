"""Live pictures for notebooks, with the mouse in them; they need the `notebook` extra.

Each is an anywidget: its state is Python's, its picture TypeScript's (the folder `web`, built into `static`).
"""

from eitherway.widgets.jumper import Jumper
from eitherway.widgets.losses import Losses
from eitherway.widgets.sampler import Sampler

__all__ = ["Jumper", "Losses", "Sampler"]
