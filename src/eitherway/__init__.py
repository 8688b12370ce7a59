"""eitherway: what should a policy do when more than one action is right?"""

from importlib.metadata import version

__version__ = version("eitherway")
