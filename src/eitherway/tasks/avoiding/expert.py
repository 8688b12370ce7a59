"""Scripted multimodal expert: gaps drawn with known probabilities, and a smooth curve through them pursued.

    p(mode) = p(g_1) p(g_2 | g_1) p(g_3 | g_2)                                (1)
    m_r     = middle of gap g_r + u_r,   u_r uniform on [-OFFSET, OFFSET]     (2)
    x(y)    = x_0 + Σ_r (m_r - m_{r-1}) s((y - b_r) / (e_r - b_r)),  m_0 = x_0   (3)
    s(z)    = 3z² - 2z³, with z clipped to [0, 1]                             (4)
    target  = the curve's point AHEAD of the one nearest to the robot + NOISE · N(0, I)   (5)

The curve bends from b_r, STRAIGHT above the last row (at first the start), to e_r, STRAIGHT below the next. Because
AHEAD < STRAIGHT, no target tells the next gap before a row is passed: whether a gap is drawn there, or all three at the
start as below, makes no difference to what can be seen.
"""

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Generator

from eitherway.data.episode import Episode
from eitherway.tasks.avoiding.env import AvoidingVectorEnv
from eitherway.tasks.avoiding.field import FINISH, MIDDLES, ROWS
from eitherway.tasks.avoiding.modes import gaps_of

FIRST = np.array([0.55, 0.45])
SECOND = np.array([[0.45, 0.35, 0.20], [0.25, 0.40, 0.35]])  # p(g_2 | g_1): nearer gaps are likelier
THIRD = np.array([[0.38, 0.30, 0.20, 0.12], [0.14, 0.36, 0.32, 0.18], [0.12, 0.18, 0.32, 0.38]])  # p(g_3 | g_2)

OFFSET = 0.04  # half of what a gap leaves free on either side of its middle
STRAIGHT = 0.1
AHEAD = 0.08  # at half of it a step: the expert's speed
NOISE = 0.01
FINE = 0.005  # between points of a curve; AHEAD is a multiple of it
SEARCH = 20  # points in which the nearest is looked for: twice the greatest step


def mode_probabilities() -> Float[np.ndarray, "24"]:
    """The probability of each of the 24 modes under the expert, eq. (1)."""
    return (FIRST[:, None, None] * SECOND[:, :, None] * THIRD).reshape(-1)


def demonstrations(count: int, generator: Generator) -> list[Episode]:
    """Demonstration episodes of the expert, all successful: `state` is x, y and the last target, an action the next."""
    return drive(drawn_modes(count, generator), generator)


def drawn_modes(count: int, generator: Generator) -> Int[np.ndarray, " B"]:
    """The modes of `count` demonstrations, sampled from eq. (1)."""
    chance = torch.from_numpy(mode_probabilities())
    return torch.multinomial(chance, count, replacement=True, generator=generator).numpy()


def start_seed(count: int, generator: Generator) -> int:
    """The environment seed that `demonstrations` uses for its starts, given the same count and generator."""
    drawn_modes(count, generator)
    return environment_seed(generator)


def environment_seed(generator: Generator) -> int:
    """A random seed for the environment."""
    return int(torch.randint(2**31, (1,), generator=generator))


def drive(modes: Int[np.ndarray, " B"], generator: Generator) -> list[Episode]:
    """Rolls out the expert along each of the given modes, eq. (2) to (5); one episode each."""
    env, each = AvoidingVectorEnv(len(modes)), np.arange(len(modes))
    state, _ = env.reset(seed=environment_seed(generator))
    offset = OFFSET * (2 * torch.rand((len(modes), 3), generator=generator, dtype=torch.float64).numpy() - 1)
    aims = np.stack([middle[gap] for middle, gap in zip(MIDDLES, gaps_of(modes).T, strict=True)], -1) + offset
    points, at = curve(state[:, :2], aims), np.zeros(len(modes), int)
    last = points.shape[1] - 1
    running, success = np.ones(len(modes), bool), np.zeros(len(modes), bool)
    states, actions, ran = [], [], []
    while running.any():
        at = nearest(points, at, state[:, :2])
        noise = NOISE * torch.randn((len(modes), 2), generator=generator, dtype=torch.float64).numpy()
        states.append(state)
        actions.append((points[each, np.minimum(at + round(AHEAD / FINE), last)] + noise).astype(np.float32))
        ran.append(running)
        state, _, terminated, truncated, info = env.step(actions[-1])
        success, running = success | (running & info["success"]), running & ~(terminated | truncated)
    assert success.all()  # walls and discs are seven standard deviations of the robot's wobble away
    seen, done, length = np.stack(states, 1), np.stack(actions, 1), np.sum(ran, 0)
    return [Episode({"state": seen[i, :t]}, done[i, :t]) for i, t in enumerate(length)]


def curve(start: Float[np.ndarray, "B 2"], aims: Float[np.ndarray, "B 3"]) -> Float[np.ndarray, "B L 2"]:
    """The expert's reference path: points on eq. (3), FINE apart, from the start to beyond the finish line."""
    y = start[:, 1:] + np.linspace(0, 1, 500) * (FINISH + 2 * AHEAD - start[:, 1:])  # B Y
    x = across(y, start, aims)
    length = np.cumsum(np.hypot(np.diff(x, prepend=x[:, :1]), np.diff(y, prepend=y[:, :1])), -1)
    even = np.arange(0, length.max(), FINE)  # who is at the end of his curve stays there
    y = np.stack([np.interp(even, *row) for row in zip(length, y, strict=True)])
    return np.stack([across(y, start, aims), y], -1)


def across(
    y: Float[np.ndarray, "B L"], start: Float[np.ndarray, "B 2"], aims: Float[np.ndarray, "B 3"]
) -> Float[np.ndarray, "B L"]:
    """x(y), the reference path's lateral position at height y, eq. (3)."""
    x = np.repeat(start[:, :1].astype(np.float64), y.shape[1], 1)
    begin, before = start[:, 1:], start[:, 0]
    for row, aim in zip(ROWS, aims.T, strict=True):
        z = np.clip((y - begin) / (row - STRAIGHT - begin), 0, 1)
        x += (aim - before)[:, None] * (3 * z**2 - 2 * z**3)
        begin, before = np.full_like(start[:, 1:], row + STRAIGHT), aim
    return x


def nearest(
    points: Float[np.ndarray, "B L 2"], at: Int[np.ndarray, " B"], position: Float[np.ndarray, "B 2"]
) -> Int[np.ndarray, " B"]:
    """The index of the path point nearest to each robot, searched forward from the last one."""
    near = np.minimum(at[:, None] + np.arange(SEARCH), points.shape[1] - 1)
    away = np.take_along_axis(points, near[..., None], 1) - position[:, None]
    return at + (away**2).sum(-1).argmin(-1)
