"""eitherway: what should a policy do when more than one action is right?"""

from importlib.metadata import version

from eitherway.registry import register

__all__ = ["__version__", "register"]

__version__ = version("eitherway")
