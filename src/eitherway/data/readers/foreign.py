"""Recognition of formats that no reader supports, by magic bytes, name or folder contents, for error messages."""

import zipfile
from pathlib import Path

FIRST = 64  # bytes that are looked at
POINTER = b"version https://git-lfs"
POINTED = "a Git LFS pointer and not the file itself (`git lfs pull` fetches that)"
PICKLE = "a Python pickle, which can run anything and is never opened"
MAGIC = {  # by first bytes
    POINTER: POINTED,
    b"\x89HDF\r\n\x1a\n": "HDF5 (robomimic, ALOHA, D4RL, ... keep recordings in it)",
    b"PAR1": "Parquet (LeRobot keeps episodes in it)",
    b"\x89MCAP0\r\n": "MCAP (a ROS recording)",
    b"SQLite format 3\0": "an SQLite database (ROS 2 keeps recordings in such a .db3)",
    b"#ROSBAG V": "a ROS 1 bag",
    b"ARROW1": "Arrow",
    b"\x93NUMPY": "one NumPy array (.npy)",
    b"\x1f\x8b": "compressed with gzip",
    **{bytes((0x80, protocol)): PICKLE for protocol in range(2, 6)},
}
NAMES = {  # by the end of the name, or what stands in it
    ".tfrecord": "TFRecord (RLDS and TensorFlow Datasets keep episodes in it)",
    ".array_record": "ArrayRecord (RLDS and TensorFlow Datasets keep episodes in it)",
    ".csv": "a table of comma-separated values",
    ".jsonl": "JSON lines",
    ".json": "JSON",
    ".mp4": "a video",
    ".tar": "a tar archive",
}
MEMBERS = {  # of a zip archive, by the end of a member's name
    ".zgroup": "a zipped zarr group: unpack it, and name the folder",
    "zarr.json": "a zipped zarr group: unpack it, and name the folder",
    "data.pkl": "a PyTorch file, a pickle inside, which can run anything and is never opened",
    ".npy": "a NumPy archive (.npz)",
}
FOLDERS = {  # by what stands in the folder
    "meta/info.json": "a LeRobot data set",
    "data/metadata.json": "a Minari data set",
    "features.json": "an RLDS data set (TensorFlow Datasets)",
    "metadata.yaml": "a ROS 2 recording (rosbag2)",
    ".zarray": "a single zarr array, and a replay buffer is a group of them",
}
MANY = 1000  # entries of a folder that are looked at


def told(path: Path) -> str | None:
    """A description of the format of a path; None where it is unknown."""
    if path.is_dir():
        return _folder(path)
    if not path.is_file():
        return "neither a file nor a folder"
    with path.open("rb") as file:
        first = file.read(FIRST)
    known = next((what for magic, what in MAGIC.items() if first.startswith(magic)), None)
    if known is None and first.startswith(b"PK"):
        return _archive(path)
    return known or next((what for part, what in NAMES.items() if part in path.name), None)


def _folder(path: Path) -> str | None:
    """A description of a folder's format, by its files; None where it is unknown."""
    known = next((what for file, what in FOLDERS.items() if (path / file).is_file()), None)
    if known:
        return known
    for _, file in zip(range(MANY), path.iterdir(), strict=False):
        inside = told(file) if file.is_file() else None
        if inside and file.suffix != ".json":
            return f"a folder of files such as {file.name!r}, which is {inside}"
    return None


def _archive(path: Path) -> str:
    """A description of a zip archive's format, by its members."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return "a zip archive, and damaged"
    return next((what for end, what in MEMBERS.items() if any(n.endswith(end) for n in names)), "a zip archive")
