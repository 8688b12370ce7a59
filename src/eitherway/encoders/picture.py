"""Image encoder: one token for each past observation, from keypoints and the numbers observed with them.

In training each example's pictures are cropped at random, all of one camera alike, so that the keypoints do not depend
on a few pixels' shift; otherwise the middle is taken.

References:
    What Matters in Learning from Offline Human Demonstrations (Mandlekar et al., 2021),
        https://arxiv.org/abs/2108.03298
    Diffusion Policy (Chi et al., 2023), https://arxiv.org/abs/2303.04137
"""

import torch
from jaxtyping import Shaped
from torch import Tensor, nn

from eitherway.data.spec import Spec
from eitherway.encoders.base import Encoder
from eitherway.encoders.named_modules import NamedModules
from eitherway.encoders.vision import Convolutions, Keypoints
from eitherway.make import Make
from eitherway.registry import register
from eitherway.shape import Context, Obs, joined

WHITE = 255  # the largest value of a pixel


@register
class PictureEncoder(Encoder):
    """Image encoder: spatial-softmax keypoints and state numbers, mapped linearly to one token a time step.

    `vision` is any module from pictures [M C h w] in [-1, 1] to feature maps, called with the number of channels; each
    camera has its own. It should not normalise over a batch: examples would see each other.
    """

    def __init__(
        self,
        spec: Spec,
        *,
        vision: Make[nn.Module] = Make(Convolutions),
        keypoints: int = 32,  # features whose places are told, of each camera
        crop: float = 0.9,  # share of height and width that is looked at
        embed: int = 64,  # numbers of a token
    ) -> None:
        super().__init__(spec)
        if not spec.pictures:
            raise ValueError(f"PictureEncoder needs a picture, and only numbers are observed: {', '.join(self.keys)}")
        if keypoints < 1 or embed < 1:
            raise ValueError(f"keypoints and embed must be at least 1, got {keypoints} and {embed}")
        if not 0 < crop <= 1:
            raise ValueError(f"crop must be a share in (0, 1], got {crop}")
        self.tokens, self.embed, self.pictures = spec.n_obs_steps, embed, spec.pictures
        self.numbers = tuple(spec.numbers)
        self.sizes = {name: (part(crop, high), part(crop, wide)) for name, (high, wide, _) in spec.pictures.items()}
        self.keypoints = NamedModules(
            {name: Keypoints(vision, size[2], *self.sizes[name], keypoints) for name, size in spec.pictures.items()}
        )
        seen = 2 * keypoints * len(self.sizes) + sum(spec.numbers.values())
        self.token = nn.Linear(seen, embed)

    def forward(self, obs: Obs) -> Context:
        for name, size in self.pictures.items():
            check_picture(name, obs[name], size)
        parts = [self.places(name, obs[name]) for name in self.sizes] + [obs[name] for name in self.numbers]
        return self.token(joined(parts, dim=-1))

    def places(self, name: str, pictures: Shaped[Tensor, "B T height width C"]) -> Shaped[Tensor, "B T K2"]:
        """The keypoints of one camera's pictures."""
        high, wide = self.sizes[name]
        cut = cropped_at_random(pictures, high, wide) if self.training else middle(pictures, high, wide)
        pixels = cut.flatten(0, 1).to(self.token.weight.dtype) * (2 / WHITE) - 1  # BT C high wide
        return self.keypoints[name](pixels).unflatten(0, pictures.shape[:2])


def check_picture(name: str, pictures: Tensor, size: tuple[int, ...]) -> None:
    """Raises ValueError where pictures are not uint8 or not of `size`; shares in [0, 1] would be nearly black."""
    if pictures.dtype != torch.uint8:
        raise ValueError(f"the picture {name!r} must be bytes, 0 to {WHITE} in uint8; got {pictures.dtype}")
    if pictures.shape[2:] != size:
        raise ValueError(
            f"the picture {name!r} must be [rows, steps, {', '.join(map(str, size))}], channels last; "
            f"got {list(pictures.shape)}"
        )


def cropped_at_random(
    pictures: Shaped[Tensor, "B T height width C"], high: int, wide: int
) -> Shaped[Tensor, "B T C high wide"]:
    """Random crops, one position for each example, uniform and drawn from the global generator."""
    crops = pictures.unfold(2, high, 1).unfold(3, wide, 1)  # B T tops lefts C high wide: views, nothing is copied
    rows, device = len(pictures), pictures.device
    top = torch.randint(crops.shape[2], (rows,), device=device)
    left = torch.randint(crops.shape[3], (rows,), device=device)
    return crops[torch.arange(rows, device=device), :, top, left]


def middle(pictures: Shaped[Tensor, "B T height width C"], high: int, wide: int) -> Shaped[Tensor, "B T C high wide"]:
    """Centre crops of all pictures."""
    top, left = (pictures.shape[2] - high) // 2, (pictures.shape[3] - wide) // 2
    return pictures[:, :, top : top + high, left : left + wide].permute(0, 1, 4, 2, 3)


def part(share: float, pixels: int) -> int:
    """The given share of a number of pixels, rounded, at least 1."""
    return max(1, round(share * pixels))
