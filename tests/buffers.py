"""Small replay buffers for tests, and where their chunks lie."""

import numpy as np
import zarr

LENGTHS = (20, 3, 27)
CHUNK = 7  # no divisor of any length: chunks and episodes share frames everywhere


def recorded(lengths=LENGTHS, seed=0):
    """Arrays in which no number occurs twice, and pictures of whole numbers kept as fractions."""
    rng, frames = np.random.default_rng(seed), sum(lengths)
    return {
        "action": rng.standard_normal((frames, 2)).astype("f4"),
        "img": rng.integers(1, 256, (frames, 6, 6, 3)).astype("f4"),
        "reward": rng.standard_normal(frames),
        "state": rng.standard_normal((frames, 5)).astype("f4"),
    }


def write(path, arrays=None, ends=None, *, version=2, **options):
    """A replay buffer on disk; `options` go to every array of data."""
    arrays = recorded() if arrays is None else arrays
    ends = np.cumsum(LENGTHS) if ends is None else ends
    root = zarr.open_group(path, mode="w", zarr_format=version)
    data, meta = root.create_group("data"), root.create_group("meta")
    for name, x in arrays.items():
        data.create_array(name, data=x, **{"chunks": (CHUNK, *x.shape[1:]), **options})
    if len(ends):
        meta.create_array("episode_ends", data=np.asarray(ends))
    return path


def chunk(path, name, number):
    """The file of an array's chunk."""
    array = zarr.open_group(path, mode="r")[name]
    return path / name / array.metadata.encode_chunk_key((number, *[0] * (array.ndim - 1)))


def metadata(path, name, version=2):
    """The file that says what an array is."""
    return path / name / (".zarray" if version == 2 else "zarr.json")
