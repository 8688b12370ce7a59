"""Residual vector quantisation: a vector as a sum of codes, one from each table, each nearest to the residual so far.

    r_1 = z,   k_g = argmin_k ‖r_g - e_gk‖,   r_{g+1} = r_g - e_{g,k_g},   q = Σ_g e_{g,k_g}                (1)

    n_gk ← d n_gk + (1 - d) mean_b 1[k_g = k],   m_gk ← d m_gk + (1 - d) mean_b 1[k_g = k] r_g         (2)
    e_gk = m_gk / n_gk                                                                                (3)

A code is the running mean of the vectors it was chosen for. One that is hardly ever chosen stays where it is and is of
no use: it starts again at a vector that was just seen.

References:
    Neural Discrete Representation Learning (van den Oord et al., 2017), https://arxiv.org/abs/1711.00937, appendix A.1
    SoundStream (Zeghidour et al., 2021), https://arxiv.org/abs/2107.03312, algorithm 1 and section III-C
"""

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor, nn
from torch.nn.functional import one_hot

from eitherway.codebooks.kmeans import cluster

LEAST = 1e-12  # use below which a code no longer follows: its mean would be nothing over nothing


class Quantiser(nn.Module):
    """Residual vector quantiser with moving-average codes: G tables of K codes in E dimensions."""

    codes: Tensor  # G K E
    use: Tensor  # G K: running share of the vectors that chose the code, n in eq. (2)
    sums: Tensor  # G K E: running mean of what the code stood for, zero for the others, m in eq. (2)

    def __init__(self, n_tokens: int, size: int, width: int, *, decay: float, revive: float) -> None:
        super().__init__()
        if n_tokens < 1 or width < 1:
            raise ValueError(f"tokens and their width must be at least 1, got {n_tokens} and {width}")
        if not 0 <= decay < 1:
            raise ValueError(f"decay must be a share in [0, 1), got {decay}")
        if not 0 <= revive < 1:
            raise ValueError(f"revive must be a share in [0, 1), got {revive}")
        self.decay, self.least = decay, revive / size
        self.register_buffer("codes", torch.zeros(n_tokens, size, width))
        self.register_buffer("use", torch.full((n_tokens, size), 1 / size))
        self.register_buffer("sums", torch.zeros(n_tokens, size, width))

    @torch.no_grad()
    def fit(self, z: Float[Tensor, "M E"], generator: Generator) -> None:
        """Initialises each table by k-means of the residuals that the tables before it leave."""
        for g, table in enumerate(self.codes):
            table.copy_(cluster(z, len(table), generator)[0])
            k = nearest(z, table)
            chosen = one_hot(k, len(table)).to(z)  # M K
            self.use[g], self.sums[g] = chosen.mean(0), chosen.T @ z / len(z)
            z = z - table[k]

    def encode(self, z: Float[Tensor, "B E"]) -> Int[Tensor, "B G"]:
        """The tokens of each vector, eq. (1)."""
        tokens = []
        for table in self.codes:
            tokens.append(nearest(z, table))
            z = z - table[tokens[-1]]
        return torch.stack(tokens, dim=1)

    def decode(self, k: Int[Tensor, "B G"]) -> Float[Tensor, "B G E"]:
        """The partial sums of codes: of the first token, of the first two, ..., of all."""
        each = torch.stack([table[k[:, g]] for g, table in enumerate(self.codes)], dim=1)
        return each.cumsum(1)

    @torch.no_grad()
    def follow(self, z: Float[Tensor, "B E"], generator: Generator) -> None:
        """Moving-average update of the codes, eq. (2) and (3), with unused codes restarted."""
        for table, use, sums in zip(self.codes, self.use, self.sums, strict=True):
            k = nearest(z, table)
            chosen, rest = one_hot(k, len(table)).to(z), z - table[k]
            use.lerp_(chosen.mean(0), 1 - self.decay)
            sums.lerp_(chosen.T @ z / len(z), 1 - self.decay)
            table.copy_(torch.where(use[:, None] > LEAST, sums / use.clamp(min=LEAST)[:, None], table))
            self.revive(table, use, sums, z, generator)
            z = rest

    def revive(self, table: Tensor, use: Tensor, sums: Tensor, z: Tensor, generator: Generator) -> None:
        """Restarts codes used less than `least` at vectors drawn from those seen, as if used so much."""
        order = torch.randperm(len(z), generator=generator, device=z.device)
        order = order.repeat(-(-len(table) // len(z)))  # no vector twice where there are enough
        seen = z[order[: len(table)]]  # K E
        dead = use < self.least
        use.masked_fill_(dead, self.least)
        table.copy_(torch.where(dead[:, None], seen, table))
        sums.copy_(torch.where(dead[:, None], self.least * seen, sums))


def nearest(z: Float[Tensor, "B E"], table: Float[Tensor, "K E"]) -> Int[Tensor, " B"]:
    """The index of the nearest code of each vector."""
    return torch.cdist(z, table).argmin(1)
