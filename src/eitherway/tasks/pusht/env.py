"""Push-T as a vector environment: many of gym-pusht's side by side, with both of the field's ways to reset them.

A start is drawn by gym-pusht from its seed. `legacy`, its own way, then sets the block's position before its angle; the
block turns about its centre of mass and so ends up elsewhere. Diffusion Policy's and LeRobot's scores are taken so.
`exact` sets the angle first, and the block stands where it was drawn to stand.
"""

from collections.abc import Callable
from typing import Any, Literal

import gymnasium as gym
import numpy as np
from gym_pusht.envs.pusht import PushTEnv
from gymnasium.utils.seeding import np_random
from gymnasium.vector.utils import batch_space
from jaxtyping import Bool, Float, Shaped

from eitherway.tasks.pusht.geometry import PICTURE, SIDE

Reset = Literal["legacy", "exact"]
Seen = dict[str, np.ndarray]
States = Float[np.ndarray, "n 5"]


class PushTVectorEnv(gym.vector.VectorEnv[Seen, np.ndarray, np.ndarray]):
    """Vector environment of n Push-T tables: actions are target positions, reward min(coverage / 0.95, 1).

    An episode is done at coverage 0.95. `info` holds at each step the `state` [n, 5], the `coverage` [n] (NaN at a
    start) and `success` [n]. A table whose episode has ended rests as it is until it is reset: all by reset(), some by
    options={"reset_mask": [n]}, to given states by options={"state": [n, 5]}.
    """

    metadata = {"autoreset_mode": gym.vector.AutoresetMode.DISABLED}  # noqa: RUF012 (Gymnasium's own form)

    def __init__(
        self,
        num_envs: int,
        *,
        space: gym.Space[Any],
        seen: Callable[[States], Seen],  # what is observed of the states, pictures aside
        pictures: bool,
        reset: Reset,
    ) -> None:
        self.num_envs, self.seen, self.pictures, self.order = num_envs, seen, pictures, reset
        self.tables = [PushTEnv(obs_type="pixels_agent_pos" if pictures else "state") for _ in range(num_envs)]
        self.single_observation_space, self.single_action_space = space, gym.spaces.Box(0.0, SIDE, (2,), np.float32)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.ended = np.ones(num_envs, bool)
        self.coverage = np.full(num_envs, np.nan)
        self.picture = np.zeros((num_envs, *PICTURE), np.uint8)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Seen, dict[str, Any]]:
        """Starts new episodes: table i is seeded with `seed` + i, or at random where none is given."""
        super().reset(seed=seed)
        some = (options or {}).get("reset_mask", np.ones(self.num_envs, bool))
        given = (options or {}).get("state")
        for i in np.flatnonzero(some):
            own = int(self.np_random.integers(2**31)) if seed is None else seed + int(i)
            self.start(int(i), drawn(own) if given is None else np.asarray(given, float)[i])
        self.ended[some], self.coverage[some] = False, np.nan
        return self.observe(), self.info()

    def start(self, i: int, state: Float[np.ndarray, " 5"]) -> None:
        """Resets one table to a state, in the order of the kind of reset (legacy or exact)."""
        table = self.tables[i]
        seen, _ = table.reset(options={"reset_to_state": state})
        if self.order == "exact":
            place(table, state)
            seen = table.get_obs()
        self.see(i, seen)

    def see(self, i: int, seen: Any) -> None:  # noqa: ANN401 (gym-pusht: numbers or a dict, by its kind)
        """Stores a table's camera image, where images are observed."""
        if self.pictures:
            self.picture[i] = seen["pixels"]

    def step(self, actions: np.ndarray) -> tuple[Seen, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        """Advances all tables whose episode has not ended by one control step, a tenth of a second."""
        reward = np.zeros(self.num_envs)
        for i in np.flatnonzero(~self.ended):
            seen, reward[i], self.ended[i], _, info = self.tables[i].step(np.clip(actions[i], 0, SIDE))
            self.coverage[i] = info["coverage"]
            self.see(int(i), seen)
        return self.observe(), reward, self.ended.copy(), np.zeros(self.num_envs, bool), self.info()

    @property
    def states(self) -> States:
        """The state of each table: agent position, block position and block angle."""
        return np.array([[*t.agent.position, *t.block.position, t.block.angle % (2 * np.pi)] for t in self.tables])

    def observe(self) -> Seen:
        """The batched observation."""
        pictures = {"picture": self.picture.copy()} if self.pictures else {}
        return {**self.seen(self.states), **pictures}

    def info(self) -> dict[str, Any]:
        """The `info` of a step: state, coverage and success of each table."""
        all_of_them: Bool[np.ndarray, " n"] = np.ones(self.num_envs, bool)
        told = {"state": self.states, "coverage": self.coverage.copy(), "success": self.ended.copy()}
        return {**told, **{f"_{name}": all_of_them for name in told}}


def place(table: PushTEnv, state: Float[np.ndarray, " 5"]) -> None:
    """Sets agent and block to a state, at rest."""
    table.block.angle = state[4]
    table.block.position = state[2:4].tolist()
    table.agent.position = state[:2].tolist()
    for body in (table.block, table.agent):
        body.velocity, body.angular_velocity = (0, 0), 0
        table.space.reindex_shapes_for_body(body)


def pictured(states: States) -> Shaped[np.ndarray, "n 96 96 3"]:
    """Rendered images of states, as gym-pusht draws them and as they were recorded."""
    table = PushTEnv(obs_type="pixels")
    table.reset(seed=0)
    pictures = np.empty((len(states), *PICTURE), np.uint8)
    for picture, state in zip(pictures, states, strict=True):
        place(table, state)
        picture[:] = table.get_obs()
    table.close()
    return pictures


def drawn(seed: int) -> Float[np.ndarray, " 5"]:
    """The initial state that gym-pusht draws from a seed."""
    random, _ = np_random(seed)
    places = [random.integers(low, high) for low, high in ((50, 450), (50, 450), (100, 400), (100, 400))]
    return np.array([*places, random.uniform(-np.pi, np.pi)])
