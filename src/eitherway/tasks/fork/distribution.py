"""The fork's exact distribution: in each dimension a lane, in each lane a cluster of paths.

    p(a | s)  = Σ_k p(k | s) Π_d N(a_d; lane k_d at s_d)                      (1)
    p(k | s)  = w_{k_1}(s_1) Π_d p(k_d | k_{d-1}, s_d)                        (2)
    p(j | i, s) ∝ w_j(s) (1 + coupling [i = j])                               (3)

Without coupling (1) is a product over dimensions; with it the lanes are a Markov chain, and (1) takes D steps of K × K.
K^D modes; all in float64.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor

from eitherway.shape import Chunk, Draws, Each, Obs
from eitherway.tasks.fork.lanes import Lanes


@dataclass(frozen=True, kw_only=True)
class ForkDistribution:
    """The exact p(a | s) of a chunk a of [H, D] numbers given a state s of D numbers."""

    lanes: Lanes
    coupling: float

    def log_prob(self, a: Chunk, obs: Obs) -> Each:
        """Log-density in nats, eq. (1): forward through the chain of lanes."""
        s = state(obs)
        seen = self.lanes.log_prob(a.transpose(1, 2), s)  # B D K
        forward = self.lanes.weights(s[:, 0]).log() + seen[:, 0]
        for d in range(1, s.shape[1]):
            forward = torch.logsumexp(forward[:, :, None] + self.step(s[:, d]).log(), dim=1) + seen[:, d]
        return torch.logsumexp(forward, dim=-1)

    def sample(self, obs: Obs, n: int, generator: Generator) -> Draws:
        """n independent samples for each observation."""
        s = state(obs).expand(n, -1, -1)  # S B D
        u = torch.rand(s.shape, generator=generator, dtype=torch.float64)
        z = torch.randn((*s.shape, self.lanes.steps), generator=generator, dtype=torch.float64)
        return self.lanes.path(self.chosen(s, u), z, s).transpose(2, 3).float()

    def chosen(self, s: Float[Tensor, "S B D"], u: Float[Tensor, "S B D"]) -> Int[Tensor, "S B D"]:
        """The lane of each dimension, sampled from eq. (2) by inverting its CDF at uniform numbers u."""
        weight, lanes = self.lanes.weights(s[..., 0]), []
        for d in range(s.shape[-1]):
            bounds = weight.cumsum(-1)[..., :-1]  # the last lane takes what is left
            lanes.append((u[..., d, None] >= bounds).sum(-1))
            if d + 1 < s.shape[-1]:
                rows = lanes[-1][..., None, None].expand(*lanes[-1].shape, 1, self.lanes.modes)
                weight = self.step(s[..., d + 1]).gather(-2, rows).squeeze(-2)
        return torch.stack(lanes, -1)

    def step(self, s: Float[Tensor, "..."]) -> Float[Tensor, "... K K"]:
        """The transition matrix p(j | i, s), eq. (3): one dimension's lane, given that of the one before."""
        favour = 1 + self.coupling * torch.eye(self.lanes.modes, dtype=torch.float64)
        weight = self.lanes.weights(s)[..., None, :] * favour
        return weight / weight.sum(-1, keepdim=True)

    def mean(self, obs: Obs) -> Chunk:
        """The conditional mean E[a | s]: it lies between the lanes."""
        s = state(obs)
        share = [self.lanes.weights(s[:, 0])]
        for d in range(1, s.shape[1]):
            share.append((share[-1][:, None] @ self.step(s[:, d])).squeeze(1))
        centres = self.lanes.centres(s)  # B D K H
        return (torch.stack(share, 1)[..., None] * centres).sum(2).transpose(1, 2).float()

    def middle(self, obs: Obs) -> Chunk:
        """The centre path of the most probable mode."""
        s = state(obs)
        lane = torch.stack(torch.unravel_index(self.joint(s).argmax(-1), (self.lanes.modes,) * s.shape[1]), -1)
        return self.lanes.path(lane, torch.zeros(*s.shape, self.lanes.steps).double(), s).transpose(1, 2).float()

    def mode_probabilities(self, obs: Obs) -> Float[Tensor, "B W"]:
        """The probability of each of the K^D modes; of merged lanes, the lowest has it all."""
        s = state(obs)
        share = self.joint(s).unflatten(-1, (self.lanes.modes,) * s.shape[1])
        for d in range(s.shape[1]):
            here = share.movedim(d + 1, 1)  # B K ...
            one = torch.zeros_like(here)
            one[:, 0] = here.sum(1)
            merged = self.lanes.merged(s[:, d]).reshape(-1, *[1] * s.shape[1])
            share = torch.where(merged, one, here).movedim(1, d + 1)
        return share.flatten(1)

    def joint(self, s: Float[Tensor, "B D"]) -> Float[Tensor, "B W"]:
        """The joint probability p(k | s) of the lanes, eq. (2), the last dimension's running fastest."""
        share = self.lanes.weights(s[:, 0])
        for d in range(1, s.shape[1]):
            share = share.unflatten(1, (-1, self.lanes.modes))[..., None] * self.step(s[:, d])[:, None]
            share = share.flatten(1)
        return share


def state(obs: Obs) -> Float[Tensor, "B D"]:
    """The newest observed state: where the robot is."""
    return obs["state"][:, -1]
