"""Push-T, from human demonstrations."""

from eitherway.tasks.pusht.task import PushT

__all__ = ["PushT"]
