"""Pictures become the places of what is seen in them; a crop moves them all alike."""

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from eitherway.data.spec import Spec
from eitherway.encoders import Convolutions, PictureEncoder
from eitherway.encoders.picture import cropped_at_random, middle
from eitherway.encoders.vision import mean_places
from eitherway.make import Make

SPEC = Spec({"camera": (20, 24, 3), "wrist": (12, 12, 1), "state": 2}, action=2, n_obs_steps=2, horizon=4)
SMALL = {"vision": Make(Convolutions, widths=(4, 4), groups=2), "keypoints": 3, "embed": 5}


class Residuals(nn.Module):
    """A trunk in the manner of torchvision: strided convolutions with a residual block."""

    def __init__(self, channels, *, width: int = 6):
        super().__init__()
        self.stem = nn.Conv2d(channels, width, 7, stride=2, padding=3)
        self.block = nn.Sequential(nn.Conv2d(width, width, 3, padding=1), nn.ReLU())

    def forward(self, x):
        return self.block(self.stem(x)) + self.stem(x)


class Pixels(nn.Module):
    """Feature maps that are the picture itself."""

    def __init__(self, channels):
        super().__init__()

    def forward(self, x):
        return x


class Pooled(nn.Module):
    """No map: where things are is lost."""

    def __init__(self, channels):
        super().__init__()

    def forward(self, x):
        return x.mean((2, 3))


def made(spec=SPEC, **options):
    torch.manual_seed(0)
    return PictureEncoder(spec, **{**SMALL, **options})


def seen(generator, rows=6):
    def bytes_of(*size):
        return torch.randint(256, (rows, 2, *size), generator=generator, dtype=torch.uint8)

    state = torch.randn(rows, 2, 2, generator=generator)
    return {"camera": bytes_of(20, 24, 3), "wrist": bytes_of(12, 12, 1), "state": state}


def spot(row, column, high=11, wide=13):
    picture = torch.zeros(1, 1, high, wide, 1, dtype=torch.uint8)
    picture[:, :, row, column] = 255
    return picture


@pytest.mark.parametrize(("row", "column"), [(0, 0), (3, 6), (4, 2)])
def test_one_hot_spot_is_where_it_is(row, column):
    f = torch.zeros(1, 1, 5, 7, dtype=torch.float64)
    f[0, 0, row, column] = 1000
    assert_close(mean_places(f)[0, 0].tolist(), [(2 * column + 1) / 7 - 1, (2 * row + 1) / 5 - 1])


def test_an_even_map_is_in_the_middle():
    assert_close(mean_places(torch.ones(2, 3, 4, 6, dtype=torch.float64)), torch.zeros(2, 3, 2, dtype=torch.float64))


def test_a_spot_that_moves_inside_the_crop_moves_its_keypoint_as_far():
    encoder = made(Spec({"camera": (11, 13, 1)}, 1), vision=Make(Pixels), keypoints=1, crop=0.8).eval()
    nn.init.constant_(encoder.keypoints["camera"].features.weight, 500.0)  # the brightest pixel alone
    before, after = (encoder.places("camera", spot(*at))[0, 0] for at in ((4, 5), (6, 8)))
    assert_close(after - before, torch.tensor([3 * 2 / 10, 2 * 2 / 9]))  # a crop of 9 by 10 pixels


def test_outside_training_the_middle_is_looked_at():
    picture = torch.arange(11 * 13).view(1, 1, 11, 13, 1)
    assert_close(middle(picture, 9, 9)[0, 0, 0], picture[0, 0, 1:10, 2:11, 0])


def test_every_place_of_a_crop_comes_up_as_often_as_any_other():
    torch.manual_seed(0)
    pictures = torch.arange(4 * 3).view(1, 1, 4, 3, 1).expand(30_000, 1, 4, 3, 1)
    corners = cropped_at_random(pictures, 2, 2)[:, 0, 0, 0, 0]  # a crop is known by its first pixel
    counts = corners.bincount(minlength=12).view(4, 3)
    assert bool((counts[3] == 0).all()) and bool((counts[:, 2] == 0).all())
    assert bool(((counts[:3, :2] - 5_000).abs() < 350).all())  # five standard deviations


def test_a_crop_is_a_part_of_its_own_pictures_and_the_same_in_all_of_them(generator):
    pictures = torch.randint(256, (5, 1, 8, 9, 2), generator=generator).expand(-1, 3, -1, -1, -1)
    crops = cropped_at_random(pictures, 6, 5)
    assert crops.shape == (5, 3, 2, 6, 5)
    assert bool((crops == crops[:, :1]).all())
    parts = pictures[:, 0].unfold(1, 6, 1).unfold(2, 5, 1).flatten(1, 2)  # 5 places 2 6 5
    assert bool((parts == crops[:, :1]).flatten(2).all(2).any(1).all())


def test_a_token_for_each_time_step_made_of_pictures_and_numbers(generator):
    encoder, obs = made().eval(), seen(generator)
    tokens = encoder(obs)
    assert tokens.shape == (6, encoder.tokens, encoder.embed) == (6, 2, 5)
    for name in obs:
        changed = {**obs, name: obs[name].flip(0)}
        assert bool(((encoder(changed) - tokens).abs().amax((1, 2)) > 1e-6).all())
    later = {name: torch.cat([v[:, :1], v[:, 1:].flip(0)], dim=1) for name, v in obs.items()}
    assert_close(encoder(later)[:, 0], tokens[:, 0])  # no token sees another time


def test_no_example_sees_another(generator):
    encoder, obs = made().double().eval(), seen(generator)
    obs["state"] = obs["state"].double()
    alone = torch.cat([encoder({k: v[i : i + 1] for k, v in obs.items()}) for i in range(6)])
    assert_close(encoder(obs), alone, rtol=1e-12, atol=1e-12)


def test_a_trunk_of_ones_own_may_look_instead(generator):
    encoder = made(vision=Make(Residuals, width=4))
    encoder(seen(generator)).square().sum().backward()
    assert all(p.grad is not None and bool(p.grad.any()) for p in encoder.parameters())


@pytest.mark.parametrize(
    ("spec", "options", "said"),
    [
        (Spec({"state": 2}, 1), {}, "needs a picture, and only numbers are observed: state"),
        (SPEC, {"crop": 0.0}, "crop"),
        (SPEC, {"keypoints": 0}, "keypoints"),
        (SPEC, {"vision": Make(Pooled)}, "Pooled must answer with feature maps"),
        (SPEC, {"vision": Make(Convolutions, widths=(4, 6), groups=4)}, "multiples of groups"),
        (SPEC, {"vision": Make(Convolutions, kernel=2)}, "odd"),
        (SPEC, {"vision": Make(Convolutions, entry=0)}, "entry must be at least 1"),
    ],
)
def test_what_does_not_go_together_is_named(spec, options, said):
    with pytest.raises(ValueError, match=said):
        made(spec, **options)


@pytest.mark.parametrize(
    ("widths", "entry", "size"), [((8,), 2, 8), ((8, 16), 2, 8), ((8, 16, 24), 2, 4), ((8, 16, 24), 4, 2)]
)
def test_the_first_layer_and_all_but_the_last_make_the_picture_smaller(widths, entry, size):
    found = Convolutions(3, widths=widths, entry=entry)(torch.zeros(2, 3, 16, 16))
    assert found.shape == (2, widths[-1], size, size)


@pytest.mark.parametrize("most", [1.0, 255.0])
def test_a_picture_of_fractions_is_not_taken_for_one_of_bytes(most, generator):
    obs = seen(generator)
    with pytest.raises(ValueError, match=r"the picture 'camera' must be bytes, 0 to 255 in uint8; got torch.float32"):
        made()({**obs, "camera": obs["camera"] * (most / 255)})


@pytest.mark.parametrize("shape", [(3, 20, 24), (20, 24), (24, 20, 3), (20, 24, 1)])
def test_a_picture_of_another_layout_or_size_is_named(shape, generator):
    other = torch.zeros(6, 2, *shape, dtype=torch.uint8)
    with pytest.raises(ValueError, match=r"'camera' must be \[rows, steps, 20, 24, 3\], channels last; got"):
        made()({**seen(generator), "camera": other})


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ((96, 96), "a grey picture has 1 channel"),
        ((3, 96, 96), "channels come last"),
        ((96, 0, 3), "got"),
        ((2, 96, 96, 3), "got"),
        (0, "be a count of numbers"),
    ],
)
def test_a_spec_knows_what_a_picture_is(size, said):
    with pytest.raises(ValueError, match=f"the observation 'camera' must .*{said}"):
        Spec({"camera": size}, 1)


@pytest.mark.parametrize("name", ["observation.images.top", "type", "half", "keys", "forward", "", "train"])
def test_a_camera_may_have_any_name(name, generator):
    obs = seen(generator)
    torch.manual_seed(0)
    renamed = PictureEncoder(Spec({name: (20, 24, 3)}, 2, n_obs_steps=2), **SMALL).eval()
    torch.manual_seed(0)
    plain = PictureEncoder(Spec({"camera": (20, 24, 3)}, 2, n_obs_steps=2), **SMALL).eval()
    assert_close(renamed({name: obs["camera"]}), plain({"camera": obs["camera"]}), rtol=0, atol=0)
