"""k-means codebook of whole chunks: one token, K codes, each the mean of a cluster.

References:
    Behavior Transformers (Shafiullah et al., 2022), https://arxiv.org/abs/2206.11251, section 3.1
"""

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor

from eitherway.codebooks.base import Codebook
from eitherway.registry import register
from eitherway.shape import Chunk, Shape


@register
class KMeans(Codebook):
    """k-means codebook of whole chunks, as in BeT: one token, decoded to its cluster's mean."""

    centres: Tensor

    def __init__(
        self,
        shape: Shape,
        *,
        size: int = 48,  # clusters
    ) -> None:
        super().__init__(shape, size=size)
        self.n_tokens, self.width = 1, shape.horizon * shape.action
        self.register_buffer("centres", torch.zeros(size, self.width))

    def fit(self, a: Float[Tensor, "M H D"], generator: Generator) -> None:
        self.centres.copy_(cluster(a.flatten(1), self.size, generator)[0])

    def encode(self, a: Chunk) -> Int[Tensor, "B 1"]:
        return torch.cdist(a.flatten(1), self.centres).argmin(1, keepdim=True)

    def decode(self, k: Int[Tensor, "B 1"]) -> Chunk:
        return self.centres[k[:, 0]].unflatten(1, (self.shape.horizon, self.shape.action))

    def spread(self, offset: Float[Tensor, "B 1 W"]) -> Chunk:
        return offset[:, 0].unflatten(1, (self.shape.horizon, self.shape.action))


def cluster(x: Float[Tensor, "M W"], size: int, generator: Generator) -> tuple[Float[Tensor, "K W"], Int[Tensor, " M"]]:
    """k-means by Lloyd's algorithm: the cluster means, and each row's cluster, 0 to K - 1.

    It is started once, from a seed of the generator's. Where there are fewer different rows than K, as of a gripper
    that is open or shut, each is a cluster, and the clusters that are left over repeat them and stay empty.
    """
    from sklearn.cluster import KMeans as Lloyd  # here, for it takes two seconds to import

    different = min(size, len(x.unique(dim=0)))
    seed = int(torch.randint(2**31, (), generator=generator, device=generator.device))
    found = Lloyd(different, n_init=1, random_state=seed).fit(x.cpu().double().numpy())
    centres = torch.as_tensor(found.cluster_centers_).to(x)
    return centres[torch.arange(size, device=x.device) % different], torch.as_tensor(found.labels_, device=x.device)
