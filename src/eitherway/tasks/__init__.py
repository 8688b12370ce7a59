"""What there is to learn and to be judged at, by name."""

from collections.abc import Mapping

from eitherway.make import Make
from eitherway.tasks.avoiding import Avoiding
from eitherway.tasks.base import Task
from eitherway.tasks.fork import Fork
from eitherway.tasks.jumper import Jumper
from eitherway.tasks.pusht import PushT

__all__ = ["TASKS", "Avoiding", "Fork", "Jumper", "PushT", "Task"]

TASKS: Mapping[str, Make[Task]] = {
    "jumper": Make(Jumper),
    "jumper-noisy": Make(Jumper, state_noise=0.05, action_noise=0.05, wrong=0.05),
    "fork": Make(Fork),
    "avoiding": Make(Avoiding),
    "pusht": Make(PushT),
}
