"""Built-in tasks by name: demonstrations to imitate, and environments to evaluate in."""

from eitherway.make import Make
from eitherway.registry import Presets, register
from eitherway.tasks.avoiding import Avoiding
from eitherway.tasks.base import EpisodicTask, SingleStepTask, Starts, Task
from eitherway.tasks.fork import Fork
from eitherway.tasks.jumper import Jumper
from eitherway.tasks.pusht import PushT

__all__ = ["TASKS", "Avoiding", "EpisodicTask", "Fork", "Jumper", "PushT", "SingleStepTask", "Starts", "Task"]

TASKS = Presets("task", Task)

register(Make(Jumper), name="jumper")
register(Make(Jumper, state_noise=0.05, action_noise=0.05, wrong=0.05), name="jumper-noisy")
register(Make(Fork), name="fork")
register(Make(Avoiding), name="avoiding")
register(Make(PushT), name="pusht")
