"""Push-T: the planar pushing benchmark of Diffusion Policy, with its human demonstrations."""

from eitherway.tasks.pusht.task import PushT

__all__ = ["PushT"]
