"""The jumper as Gymnasium environments, single and vectorised: one decision per episode."""

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.utils.seeding import np_random
from gymnasium.vector.utils import batch_space
from jaxtyping import Float, UInt8
from PIL import Image, ImageDraw

from eitherway.tasks.jumper.distribution import CLIP, safe

START = 1.2  # s ~ Uniform(-START, START)
REACH = 1.5  # as far as a robot may be put by hand

Options = dict[str, Any] | None
Info = dict[str, Any]

OBSERVATION = gym.spaces.Box(-REACH, REACH, (1,), np.float32)
ACTION = gym.spaces.Box(-CLIP, CLIP, (1,), np.float32)


def starts(n: int, rng: np.random.Generator, options: Options) -> Float[np.ndarray, "n 1"]:
    """Start positions: given as options={"s": ...}, else uniform on [-1.2, 1.2]."""
    given = (options or {}).get("s")
    s = rng.uniform(-START, START, (n, 1)) if given is None else np.broadcast_to(np.reshape(given, (-1, 1)), (n, 1))
    if not np.all(np.abs(s) <= REACH):
        raise ValueError(f"the start s must lie in [-{REACH}, {REACH}], got {given}")
    return s.astype(np.float32)


def known_mode(render_mode: str | None) -> str | None:
    """The render mode, checked; raises ValueError for one that is not supported."""
    if render_mode not in (None, "rgb_array"):
        raise ValueError(f"render_mode must be None or 'rgb_array', got {render_mode!r}")
    return render_mode


class JumperEnv(gym.Env[np.ndarray, np.ndarray]):
    """`eitherway/Jumper-v0`: observe s, choose the landing x; reward 1 when the obstacle at 0 is missed, else 0."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 1}  # noqa: RUF012 (Gymnasium's own form)
    observation_space = OBSERVATION
    action_space = ACTION

    def __init__(self, render_mode: str | None = None) -> None:
        self.render_mode = known_mode(render_mode)
        self.s = np.zeros(1, np.float32)
        self.x: float | None = None

    def reset(self, *, seed: int | None = None, options: Options = None) -> tuple[np.ndarray, Info]:
        """Starts a new episode at options={"s": ...}, else at a random start position."""
        super().reset(seed=seed)
        self.s, self.x = starts(1, self.np_random, options)[0], None
        return self.s.copy(), {}

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, Info]:
        """Jumps to the landing `action`; the episode terminates."""
        self.x = float(np.asarray(action).reshape(()))
        success = bool(safe(np.array([self.x]))[0])
        return self.s.copy(), float(success), True, False, {"success": success}

    def render(self) -> UInt8[np.ndarray, "h w 3"] | None:
        """An RGB image of robot, obstacle and, after a step, the action; None without a render mode."""
        return picture(float(self.s[0]), self.x) if self.render_mode == "rgb_array" else None


class JumperVectorEnv(gym.vector.VectorEnv[np.ndarray, np.ndarray, np.ndarray]):
    """Vector environment of n jumpers; a step ends every episode, the next step or reset starts new ones."""

    metadata = {  # noqa: RUF012
        "render_modes": ["rgb_array"],
        "autoreset_mode": gym.vector.AutoresetMode.NEXT_STEP,
    }

    def __init__(self, num_envs: int = 1, render_mode: str | None = None) -> None:
        if num_envs < 1:
            raise ValueError(f"num_envs must be at least 1, got {num_envs}")
        self.num_envs = num_envs
        self.render_mode = known_mode(render_mode)
        self.single_observation_space, self.single_action_space = OBSERVATION, ACTION
        self.observation_space = batch_space(OBSERVATION, num_envs)
        self.action_space = batch_space(ACTION, num_envs)
        self.s = np.zeros((num_envs, 1), np.float32)
        self.x: np.ndarray | None = None

    def reset(self, *, seed: int | list[int | None] | None = None, options: Options = None) -> tuple[np.ndarray, Info]:
        """Starts new episodes for all jumpers."""
        if isinstance(seed, list):
            given = np.broadcast_to((options or {}).get("s", np.nan), (self.num_envs,))
            each = [{} if np.isnan(s) else {"s": s} for s in given]
            self.s = np.concatenate([starts(1, np_random(k)[0], o) for k, o in zip(seed, each, strict=True)])
        else:
            super().reset(seed=seed)
            self.s = starts(self.num_envs, self.np_random, options)
        self.x = None
        return self.s.copy(), {}

    def step(self, actions: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, Info]:
        """All jump; the call after a jump starts new episodes instead, as Gymnasium's NEXT_STEP mode asks."""
        none = np.zeros(self.num_envs, bool)
        if self.x is not None:
            self.s, self.x = starts(self.num_envs, self.np_random, None), None
            return self.s.copy(), np.zeros(self.num_envs), none, none, {}
        self.x = np.asarray(actions).reshape(self.num_envs)
        success = safe(self.x)
        return self.s.copy(), success.astype(np.float64), ~none, none, {"success": success, "_success": ~none}

    def render(self) -> tuple[np.ndarray, ...] | None:
        """One RGB image for each jumper; None without a render mode."""
        if self.render_mode != "rgb_array":
            return None
        landings = [None] * self.num_envs if self.x is None else [float(x) for x in self.x]
        return tuple(picture(float(s[0]), x) for s, x in zip(self.s, landings, strict=True))


def picture(
    s: float, x: float | None, width: int = 480, *, robot: bool = True, obstacle: bool = True
) -> UInt8[np.ndarray, "h w 3"]:
    """Renders the scene: robot green below at s, obstacle red above at 0, the landing outlined above at x."""
    fine = 2  # drawn at twice the size, then averaged down: smooth edges
    height, unit = width * 5 // 8, width * fine / 8  # the picture spans x in [-4, 4] and five units of height
    image = Image.new("RGB", (width * fine, height * fine), "white")
    draw = ImageDraw.Draw(image)
    line = round(0.05 * unit)

    def square(centre: float, level: float, **style: Any) -> None:  # noqa: ANN401
        left, top = (centre + 3.5) * unit, (4.5 - level) * unit
        draw.rectangle((left, top, left + unit, top + unit), **style)

    draw.line((0, 4.5 * unit, width * fine, 4.5 * unit), fill="#8a8f98", width=line)
    if obstacle:
        square(0.0, 3.0, fill="#d1495b")
    if robot:
        square(s, 1.0, fill="#3a8f5c")
    if x is not None:
        reached = max(-4.0, min(4.0, x)) if np.isfinite(x) else s  # an arrow never leaves the picture
        square(reached, 3.0, outline="#3a8f5c", width=line)
        arrow(draw, ((s + 4) * unit, 3.5 * unit), ((reached + 4) * unit, 2.5 * unit), line)
    return np.asarray(image.resize((width, height), Image.Resampling.BOX))


def arrow(draw: ImageDraw.ImageDraw, start: tuple[float, float], end: tuple[float, float], width: int) -> None:
    """Draws an arrow: a line with a head at its end."""
    way = np.subtract(end, start)
    along = way / np.hypot(*way) * width * 5
    across = np.array([-along[1], along[0]]) / 2
    neck = np.subtract(end, along)
    draw.line((*start, *neck), fill="#1f2937", width=width)
    draw.polygon([tuple(end), tuple(neck + across), tuple(neck - across)], fill="#1f2937")
