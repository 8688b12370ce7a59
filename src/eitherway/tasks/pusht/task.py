"""The Push-T task: push a T onto its outline with a round stick, learnt from 206 human demonstrations."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from types import ModuleType
from typing import Any, Literal, TypeAlias

import gymnasium as gym
import numpy as np
from jaxtyping import Float

from eitherway.data.data_dir import find
from eitherway.data.episode import Episode
from eitherway.data.spec import Spec
from eitherway.data.windows import Windows
from eitherway.policies.actor import Actor
from eitherway.registry import register
from eitherway.tasks.actors import NearestNeighbour
from eitherway.tasks.base import EpisodicTask, Starts, check_starts
from eitherway.tasks.pusht.geometry import (
    CORNERS,
    KEYPOINTS,
    PICTURE,
    SIDE,
    completed_push,
    mirrored_place,
    mirrored_state,
    offsets,
    seen_at,
)

Recording: TypeAlias = tuple[np.ndarray, np.ndarray, np.ndarray | None]  # states, actions, images where observed
Seeing = Literal["offsets", "corners", "state", "keypoints", "pictures"]
FIRST_SEED = 100_000  # as in the published evaluations
DEMONSTRATED = range(206)  # the seeds that the demonstrations were recorded at, with RandomState as the generator


@register
@dataclass(frozen=True, kw_only=True)
class PushT(EpisodicTask):
    """Push-T: push a T-shaped block onto its goal pose, from 206 human demonstrations; done at 95 % coverage."""

    observe: Seeing = "offsets"  # of the block: corners and how far each is from its place, or one of the published:
    # 8 corners alone, the pose (x, y, angle), 9 keypoints, a picture
    reset: Literal["legacy", "exact"] = "legacy"  # how a start is set; gym-pusht's own is legacy
    demonstrations: int = 206  # the first ones; published policies of Diffusion Policy's paper used 90
    starts: Starts = (FIRST_SEED, 100)  # each with a seed of its own, from FIRST on
    max_episode_steps: int = 300  # control steps, a tenth of a second each

    recordings = "pusht"
    info_sizes = {"state": 5, "coverage": 1}  # noqa: RUF012
    mode_names = ()
    mode_frequencies = None

    def __post_init__(self) -> None:
        for name in ("demonstrations", "max_episode_steps"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        check_starts(self.starts, range(self.starts[0], sum(self.starts)), DEMONSTRATED)

    @property
    def spec(self) -> Spec:
        """Observation and action spaces: agent position and block, 2 observation steps, a horizon of 16."""
        block: dict[str, int | tuple[int, ...]] = {
            "offsets": {"corners": 16, "offsets": 32},
            "corners": {"corners": 16},
            "state": {"block": 3},
            "keypoints": {"keypoints": 18},
            "pictures": {"picture": PICTURE},
        }[self.observe]  # type: ignore[assignment]
        points = tuple(name for name in ("corners", "keypoints") if name in block)
        return Spec(
            observation={"agent": 2, **block}, action=2, n_obs_steps=2, horizon=16, robot="agent", points=points
        )

    def seen(self, state: Float[np.ndarray, "T 5"]) -> dict[str, Float[np.ndarray, "T _"]]:
        """The observations of states, images aside, in pixels."""
        agent = {"agent": state[:, :2]}
        if self.observe == "pictures":
            return agent
        if self.observe == "state":
            return {**agent, "block": state[:, 2:]}
        if self.observe == "keypoints":
            return {**agent, "keypoints": seen_at(KEYPOINTS, state).reshape(len(state), -1)}
        corners = seen_at(CORNERS, state).reshape(len(state), -1)
        return {**agent, "corners": corners} | ({"offsets": offsets(corners)} if self.observe == "offsets" else {})

    def demos(self, split: Literal["train", "test"]) -> list[Episode]:
        """The human demonstrations; none are held out, for a policy is evaluated at new starts."""
        return [] if split == "test" else [self.episode(each) for each in self.recorded]

    @property
    def transforms(self) -> Mapping[str, Callable[[Recording], Recording]]:
        """The table's mirror, and rigid moves that end on the goal."""
        return {"mirrored": mirrored, "completed": completed}

    def originals(self) -> list[Recording]:
        """What was recorded, with states whatever is observed."""
        return self.recorded

    @cached_property
    def recorded(self) -> list[Recording]:
        """States, actions and, where observed, images of every recorded demonstration."""
        from eitherway.data.readers import ZarrReplay  # takes a second to import

        replay = ZarrReplay.open(find("pusht"))
        if self.demonstrations > len(replay.lengths):
            raise ValueError(f"demonstrations must be at most {len(replay.lengths)}, got {self.demonstrations}")
        pictures = ("img",) if self.observe == "pictures" else ()
        read = replay.read(("state", "action", *pictures), which=range(self.demonstrations), as_bytes=pictures)
        return [(e["state"].astype(np.float64), e["action"], e.get("img")) for e in read]

    def episode(self, original: Recording) -> Episode:
        """A recorded demonstration as an episode, with the observations that the policy gets."""
        state, action, picture = original
        return Episode({**self.seen(state), **({} if picture is None else {"picture": picture})}, action)

    def env(self, n: int) -> gym.vector.VectorEnv:
        """A vector environment of n tables; a ValueError without gym-pusht, or with a pymunk that it does not know."""
        boxes: dict[str, gym.Space[Any]] = {name: box(size) for name, size in self.spec.observation.items()}
        space, pictures = gym.spaces.Dict(boxes), self.observe == "pictures"
        return simulator().PushTVectorEnv(n, space=space, seen=self.seen, pictures=pictures, reset=self.reset)

    def actors(self) -> dict[str, Actor]:
        """The nearest-neighbour baseline; none where images are observed."""
        return {} if self.observe == "pictures" else {"nearest-neighbour": self.neighbours}

    @cached_property
    def neighbours(self) -> NearestNeighbour:
        """The nearest-neighbour baseline on the training demonstrations."""
        return NearestNeighbour(Windows.cut(self.demos("train"), self.spec.n_obs_steps, self.spec.horizon))

    def mode_of(self, info: Mapping[str, Float[np.ndarray, "B T _"]]) -> None:
        """None: nobody has named the ways to push a T."""

    def committed_mode(self, info: Mapping[str, Float[np.ndarray, "B _"]], chunks: Float[np.ndarray, "B H D"]) -> None:
        """None: Push-T has no named modes to commit to."""


def simulator() -> ModuleType:
    """The module env.py, imported lazily; a ValueError without gym-pusht, or with a pymunk that it does not know."""
    try:
        from eitherway.tasks.pusht import env
    except ImportError as error:
        raise ValueError(f"the task pusht needs gym-pusht: pip install 'eitherway[pusht]' ({error})") from None
    if version("pymunk").split(".")[0] != "6":
        raise ValueError(f"gym-pusht needs pymunk 6, got {version('pymunk')}: pip install 'eitherway[pusht]'")
    return env


def mirrored(recording: Recording) -> Recording:
    """A demonstration in the table's mirror."""
    state, action, picture = recording
    return mirrored_state(state), mirrored_place(action), mirrored_picture(picture)


def completed(recording: Recording) -> Recording:
    """A demonstration moved to end exactly on the goal, with its images rendered anew."""
    state, action, picture = recording
    moved, done = completed_push(state, action)
    return moved, done, None if picture is None else simulator().pictured(moved)


def mirrored_picture(picture: np.ndarray | None) -> np.ndarray | None:
    """Images reflected in the task's symmetry axis: both axes swapped and turned round."""
    if picture is None:
        return None
    return np.ascontiguousarray(picture[:, ::-1, ::-1].swapaxes(1, 2))


def box(size: int | tuple[int, ...]) -> gym.spaces.Box:
    """The Gymnasium space of one observation: positions in pixels, or an image."""
    if isinstance(size, int):
        return gym.spaces.Box(-SIDE, 2 * SIDE, (size,), np.float64)
    return gym.spaces.Box(0, 255, size, np.uint8)
