"""What is no replay buffer is called what it is, by its first bytes, its name, or what is in the folder."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from buffers import write
from eitherway.data.readers import BadData, foreign, open_data

FILES = {
    "low_dim.hdf5": (b"\x89HDF\r\n\x1a\n" + bytes(99), "HDF5"),
    "no_ending": (b"\x89HDF\r\n\x1a\n", "HDF5"),
    "file-000.parquet": (b"PAR1" + bytes(99) + b"PAR1", "Parquet"),
    "bag.mcap": (b"\x89MCAP0\r\n", "MCAP"),
    "bag.db3": (b"SQLite format 3\0", "SQLite"),
    "old.bag": (b"#ROSBAG V2.0\n", "ROS 1 bag"),
    "part-0.arrow": (b"ARROW1\0\0", "Arrow"),
    "x.npy": (b"\x93NUMPY\x01\0", "NumPy array"),
    "toy-train.tfrecord-00000-of-00001": (b"\x10\0\0\0\0\0\0\0", "TFRecord"),
    "toy-train.array_record-00000-of-00001": (bytes(9), "ArrayRecord"),
    "long.csv": (b"episode,frame\n0,0\n", "comma-separated"),
    "episodes.jsonl": (b"{}\n", "JSON lines"),
    "front.mp4": (b"\0\0\0\x20ftypisom", "a video"),
    "demos.pkl": (b"\x80\x04\x95", "pickle"),
    "data.tar.gz": (b"\x1f\x8b\x08", "gzip"),
    "low_dim_v15.hdf5": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "git lfs pull"),
}
FOLDERS = {
    "meta/info.json": "LeRobot",
    "data/metadata.json": "Minari",
    "features.json": "RLDS",
    "metadata.yaml": "ROS 2",
    ".zarray": "single zarr array",
}
ARCHIVES = {
    ".zgroup": "zipped zarr",
    "replay/zarr.json": "zipped zarr",
    "action.npy": "NumPy archive",
    "a": "a zip archive",
}


def refused(path, what):
    """One line that says what a path is, and what would be read."""
    with pytest.raises(BadData) as error:
        open_data(path)
    text = str(error.value)
    assert text.startswith(f"{path} is ") and what in text and "zarr replay buffer" in text and "\n" not in text


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_known(name, tmp_path):
    raw, what = FILES[name]
    (tmp_path / name).write_bytes(raw)
    refused(tmp_path / name, what)


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_is_known(name, tmp_path):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("{}")
    refused(tmp_path, FOLDERS[name])


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_is_known_by_its_members(name, tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr(name, "")
    refused(tmp_path / "x.zip", ARCHIVES[name])


def test_an_archive_of_numpy_is_known(tmp_path):
    np.savez(tmp_path / "flat.npz", action=np.zeros(3))
    refused(tmp_path / "flat.npz", "NumPy archive (.npz)")


def test_an_archive_that_was_cut_short_is_called_damaged(tmp_path):
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04" + bytes(20))
    refused(tmp_path / "x.zip", "damaged")


def test_a_folder_of_one_file_an_episode_is_known(tmp_path):
    (tmp_path / "notes.txt").write_text("our demonstrations")
    (tmp_path / "episode_0.hdf5").write_bytes(b"\x89HDF\r\n\x1a\n")
    refused(tmp_path, "a folder of files such as 'episode_0.hdf5', which is HDF5")


def test_a_buffer_in_the_folder_comes_before_what_else_is_in_it(tmp_path):
    (tmp_path / "long.csv").write_text("1,2")
    path = write(tmp_path / "replay.zarr")
    with pytest.raises(BadData, match=f"did you mean {path}"):
        open_data(tmp_path)


def test_a_device_is_not_opened():
    assert foreign.told(Path("/dev/zero")) == "neither a file nor a folder"
