"""Residual VQ-VAE of whole chunks: an autoencoder whose latent is quantised, token by token.

    z = φ(a),   q = Σ_g e_{g,k_g} ≈ z,   â = ψ(z + sg[q - z])                                    (1)
    L = mean |a - â| + λ Σ_g ‖z - sg[Σ_{i≤g} e_{i,k_i}]‖² / E                                    (2)

sg[·] stops gradients: the decoder's pass straight through the quantiser to the encoder, and the second term keeps the
encoder near its codes. The codes themselves get no gradient but follow as running means (`Quantiser`). Trained in a
stage of its own, before a head learns to predict the tokens, and frozen ever after.

References:
    Behavior Generation with Latent Actions (Lee et al., 2024), https://arxiv.org/abs/2403.03181, section 4.1
    Neural Discrete Representation Learning (van den Oord et al., 2017), https://arxiv.org/abs/1711.00937
"""

from collections.abc import Iterator

from jaxtyping import Float, Int
from torch import Generator, Tensor

from eitherway.backbones import MLP, Backbone
from eitherway.codebooks.base import Codebook, Stage
from eitherway.codebooks.quantiser import Quantiser
from eitherway.make import Make
from eitherway.registry import register
from eitherway.shape import Chunk, Context, Each, Shape


@register
class ResidualVQ(Codebook):
    """Residual VQ-VAE codebook of whole chunks, as in VQ-BeT: G tokens from coarse to fine."""

    def __init__(
        self,
        shape: Shape,
        *,
        size: int = 16,  # codes of each token
        n_tokens: int = 2,  # tables of codes, each for what the ones before left
        latent: int = 16,  # numbers of the space that is quantised
        net: Make[Backbone] = Make(MLP, width=64, depth=2),  # of the encoder, and of the decoder
        commitment: float = 5.0,  # λ in eq. (2)
        decay: float = 0.8,  # share of the old that codes keep when they follow a batch
        revive: float = 0.1,  # a code used less than this share of its fair one starts again; 0: never
    ) -> None:
        super().__init__(shape, size=size)
        if not commitment >= 0:
            raise ValueError(f"commitment must be at least 0, got {commitment}")
        self.n_tokens, self.width = n_tokens, shape.horizon * shape.action
        self.commitment = commitment
        self.encoder = net(Shape(1, latent, shape.horizon, shape.action), d_in=0, d_out=latent, times=0)
        self.decoder = net(Shape(shape.horizon, shape.action, 1, latent), d_in=0, d_out=shape.action, times=0)
        self.quantiser = Quantiser(n_tokens, size, latent, decay=decay, revive=revive)
        self.requires_grad_(False)

    @property
    def frozen(self) -> bool:
        """Whether the codes are frozen: training is before or past the stage in which they are learnt."""
        return not next(self.parameters()).requires_grad

    def fit(self, a: Float[Tensor, "M H D"], generator: Generator) -> None:
        self.quantiser.fit(self.place(a), generator)

    def train(self, mode: bool = True) -> "ResidualVQ":
        """Sets training mode only in the codebook's own stage: later, dropout would make tokens random."""
        return super().train(mode and not self.frozen)

    def stages(self) -> Iterator[Stage]:
        self.requires_grad_(True).train()
        yield self.loss
        self.requires_grad_(False).eval()

    def loss(self, a: Chunk, c: Context, generator: Generator) -> Each:
        """The VQ-VAE loss, reconstruction plus commitment, eq. (2)."""
        z = self.place(a)
        said = self.quantiser.decode(self.quantiser.encode(z.detach()))  # B G E
        through = z + (said[:, -1] - z).detach()
        error = (a - self.decoder(through[:, None])).abs().mean((1, 2))
        return error + self.commitment * (z[:, None] - said).square().mean(2).sum(1)

    def follow(self, a: Chunk, generator: Generator) -> None:
        if not self.frozen:
            self.quantiser.follow(self.place(a), generator)

    def encode(self, a: Chunk) -> Int[Tensor, "B G"]:
        return self.quantiser.encode(self.place(a))

    def decode(self, k: Int[Tensor, "B G"]) -> Chunk:
        return self.decoder(self.quantiser.decode(k)[:, -1:])

    def spread(self, offset: Float[Tensor, "B G W"]) -> Chunk:
        return offset.sum(1).unflatten(1, (self.shape.horizon, self.shape.action))

    def place(self, a: Float[Tensor, "B H D"]) -> Float[Tensor, "B E"]:
        """The encoder's latent z of each chunk."""
        return self.encoder(a)[:, 0]
