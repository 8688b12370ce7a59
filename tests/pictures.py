"""What a test can see of a picture."""

import io

import numpy as np
from PIL import Image


def pixels(image):
    """A shown image as colours in [0, 255]."""
    with Image.open(io.BytesIO(image.data)) as held:
        return np.asarray(held.convert("RGB")).astype(int)


def has_colour(seen, colour, *, within=24):
    """Whether at least ten pixels are about of a colour."""
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    return (np.abs(seen - wanted).max(-1) <= within).sum() >= 10
