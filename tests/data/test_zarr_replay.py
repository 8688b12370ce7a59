"""A replay buffer is read as it was written, or refused in one line that says what is wrong with it."""

import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from numcodecs import Blosc, Zlib

from buffers import CHUNK, LENGTHS, chunk, metadata, recorded, write
from eitherway.data.readers import BadData, ZarrReplay, open_data
from needs import need_data

PROPERTY = settings(deadline=None, derandomize=True, max_examples=30)
VERSIONS = [2, 3]
WAYS = {  # all modes in which zarr may lay an array out
    "as they come": {},
    "not compressed": {"compressors": None},
    "zlib": {"compressors": Zlib()},
    "blosc": {"compressors": Blosc(cname="zstd", shuffle=2)},
    "one frame a chunk": {"chunks": "one"},
    "one chunk in all": {"chunks": "all"},
}


def joined(reader, name):
    return np.concatenate([arrays[name] for arrays in reader.read([name])])


def refused(path, *said, names=None):
    """The one line with which a buffer is refused when it is opened, or read."""
    with pytest.raises(BadData) as error:
        reader = open_data(path)
        for _ in reader.read(names or list(reader.keys)):
            pass
    text = str(error.value)
    assert "\n" not in text and str(path) in text
    assert [part for part in said if part not in text] == []
    return text


@pytest.fixture(params=VERSIONS)
def version(request):
    return request.param


@pytest.fixture
def buffer(tmp_path, version):
    return write(tmp_path / "replay.zarr", version=version)


def test_it_says_what_is_there(buffer):
    reader = ZarrReplay.open(buffer)
    assert {name: (key.shape, str(key.dtype)) for name, key in reader.keys.items()} == {
        "action": ((2,), "float32"),
        "img": ((6, 6, 3), "float32"),
        "reward": ((), "float64"),
        "state": ((5,), "float32"),
    }
    assert (reader.lengths, reader.rate) == (LENGTHS, None)
    assert all(key.stored > 0 for key in reader.keys.values())


def test_what_is_read_is_what_was_written(buffer):
    reader = ZarrReplay.open(buffer)
    for name, x in recorded().items():
        assert np.array_equal(joined(reader, name), x)


@pytest.mark.parametrize("mode", [w for w in WAYS if w not in ("zlib", "blosc")])
def test_however_it_is_laid_out(mode, version, tmp_path):
    options = dict(WAYS[mode])
    arrays = {"action": recorded()["action"]}
    if "chunks" in options:
        options["chunks"] = (1 if options["chunks"] == "one" else sum(LENGTHS), 2)
    reader = ZarrReplay.open(write(tmp_path / "replay.zarr", arrays, version=version, **options))
    assert np.array_equal(joined(reader, "action"), arrays["action"])


@pytest.mark.parametrize("mode", ["zlib", "blosc"])
def test_older_compressors(mode, tmp_path):
    reader = ZarrReplay.open(write(tmp_path / "replay.zarr", **WAYS[mode]))
    assert np.array_equal(joined(reader, "img"), recorded()["img"])


def test_shards_of_chunks(tmp_path):
    arrays = {"action": recorded()["action"]}
    reader = ZarrReplay.open(write(tmp_path / "replay.zarr", arrays, version=3, shards=(2 * CHUNK, 2)))
    assert np.array_equal(joined(reader, "action"), arrays["action"])
    assert reader.keys["action"].packing == "zstd, 7 frames a chunk, 14 a shard"


def test_chunks_that_divide_pictures(tmp_path):
    arrays = {"img": recorded()["img"]}
    reader = ZarrReplay.open(write(tmp_path / "replay.zarr", arrays, chunks=(CHUNK, 4, 6, 1)))
    assert np.array_equal(joined(reader, "img"), arrays["img"])


def test_the_other_byte_order_is_turned_round(tmp_path):
    x = recorded()["action"]
    reader = ZarrReplay.open(write(tmp_path / "replay.zarr", {"action": x.astype(">f4")}))
    (first, *_) = reader.read(["action"])
    assert first["action"].dtype == np.dtype("=f4") and np.array_equal(first["action"], x[:20])


@PROPERTY
@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.integers(1, 12), st.data())
def test_episodes_in_any_order_are_their_frames(lengths, each, data):
    x = np.arange(2 * sum(lengths), dtype="f8").reshape(-1, 2)
    order = data.draw(st.lists(st.integers(0, len(lengths) - 1), max_size=8))
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "r.zarr", {"x": x}, np.cumsum(lengths), chunks=(each, 2), compressors=None)
        read = [arrays["x"] for arrays in ZarrReplay.open(path, sparse=True).read(["x"], which=order)]
    expected = np.split(x, np.cumsum(lengths)[:-1])
    assert [r.tolist() for r in read] == [expected[k].tolist() for k in order]


def test_each_chunk_is_decompressed_once(buffer, monkeypatch):
    spans = []
    plain = ZarrReplay._decoded
    monkeypatch.setattr(
        ZarrReplay, "_decoded", lambda self, name, a, b: spans.append((a, b)) or plain(self, name, a, b)
    )
    joined(ZarrReplay.open(buffer), "img")
    assert spans == [(0, 21), (21, 28), (28, 50)]


def test_what_was_read_may_be_written_to(buffer):
    reader = ZarrReplay.open(buffer)
    for arrays in reader.read(["action"]):
        arrays["action"][:] = 0
    assert np.array_equal(joined(reader, "action"), recorded()["action"])


def test_pictures_become_bytes(buffer):
    read = list(ZarrReplay.open(buffer).read(["img", "action"], as_bytes=["img"]))
    assert {str(e["img"].dtype) for e in read} == {"uint8"} and {str(e["action"].dtype) for e in read} == {"float32"}
    assert np.array_equal(np.concatenate([e["img"] for e in read]), recorded()["img"])


@pytest.mark.parametrize("value", [0.5, -1.0, 256.0, np.nan])
def test_what_is_no_byte_is_not_rounded(value, tmp_path):
    arrays = recorded()
    arrays["img"][22, 3, 4, 1] = value
    reader = ZarrReplay.open(write(tmp_path / "replay.zarr", arrays))
    with pytest.raises(BadData, match=rf"img, episode 1, frame 2: {value} is no"):
        list(reader.read(["img"], as_bytes=["img"]))


def test_episodes_are_what_policies_learn_from(buffer):
    first, *_ = ZarrReplay.open(buffer).episodes(["state", "reward", "img"], which=[2], as_bytes=["img"])
    assert repr(first) == "Episode(state: 27 x 5, reward: 27 x 1, img: 27 x 6 x 6 x 3, action: 27 x 2)"
    assert np.array_equal(first.action, recorded()["action"][23:])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_named(value, tmp_path):
    arrays = recorded()
    arrays["state"][[22, 40], [3, 0]] = value
    refused(write(tmp_path / "replay.zarr", arrays), f"state, episode 1, frame 2: {value} is no number")


def test_a_wrong_number_of_one_number_a_frame_is_named(tmp_path):
    arrays = recorded()
    arrays["reward"][23] = np.nan
    refused(write(tmp_path / "replay.zarr", arrays), "reward, episode 2, frame 0: nan is no number")


def test_names_and_episodes_that_are_not_there_are_refused_before_anything_is_read(buffer):
    reader = ZarrReplay.open(buffer)
    with pytest.raises(BadData, match="no array 'sate'; it has: action, img, reward, state"):
        reader.read(["sate"])
    with pytest.raises(BadData, match="episodes 0 to 2, not 3"):
        reader.read(["state"], which=[3])


ENDS = {
    "out of order": ([23, 20, 50], ["must increase", "episode 1 ends at 20", "the one before ends at 23"]),
    "an empty episode": ([20, 20, 50], ["must increase", "episode 1 ends at 20"]),
    "beginning at 0": ([0, 20, 50], ["episode 0 ends at 0", "at least 1"]),
    "negative": ([-5, 20, 50], ["episode 0 ends at -5"]),
    "not reaching the end": ([20, 23, 49], ["data/action has 50 frames", "is 49"]),
    "beyond the end": ([20, 23, 51], ["data/action has 50 frames", "is 51"]),
    "fractions": ([20.0, 23.0, 50.0], ["whole numbers", "float64"]),
    "a table": ([[20, 23, 50]], ["one row", "(1, 3)"]),
    "not there": ([], ["no array 'meta/episode_ends'"]),
}


@pytest.mark.parametrize("case", ENDS)
def test_ends_that_cannot_be_are_refused(case, version, tmp_path):
    ends, said = ENDS[case]
    refused(write(tmp_path / "replay.zarr", ends=ends, version=version), *said)


def test_arrays_of_unequal_length_are_refused(version, tmp_path):
    arrays = recorded()
    arrays["state"] = arrays["state"][:-1]
    refused(write(tmp_path / "replay.zarr", arrays, version=version), "data/state has 49 frames", "action 50, img 50")


@pytest.mark.parametrize("name", ["data/img", "meta/episode_ends"])
@pytest.mark.parametrize("left", [0, 0.1, 0.5, 0.99])
def test_a_chunk_that_was_cut_short_is_refused(name, left, version, tmp_path):
    path = write(tmp_path / "replay.zarr", version=version)
    file = chunk(path, name, 0)
    file.write_bytes(file.read_bytes()[: int(left * file.stat().st_size)])
    refused(path, name)


@pytest.mark.parametrize("left", [0, 0.1, 0.5, 0.99])
def test_a_chunk_without_compression_that_was_cut_short_is_refused(left, version, tmp_path):
    path = write(tmp_path / "replay.zarr", version=version, compressors=None)
    file = chunk(path, "data/img", 2)
    file.write_bytes(file.read_bytes()[: int(left * file.stat().st_size)])
    refused(path, "data/img/", "is damaged", "3,024 were written")


@pytest.mark.parametrize("name", ["data/img", "meta/episode_ends"])
def test_a_chunk_that_is_missing_is_refused(name, version, tmp_path):
    path = write(tmp_path / "replay.zarr", version=version)
    file = chunk(path, name, 0)
    file.unlink()
    refused(path, f"{file.relative_to(path)} is missing", "sparse")


def test_chunks_left_out_on_purpose_are_filled_when_asked(version, tmp_path):
    arrays = {**recorded(), "reward": np.zeros(50)}
    path = write(tmp_path / "replay.zarr", arrays, version=version)
    refused(path, "data/reward", "is missing")
    assert np.array_equal(joined(ZarrReplay.open(path, sparse=True), "reward"), np.zeros(50))


def test_bytes_that_cannot_be_decoded_are_refused(buffer):
    file = chunk(buffer, "data/state", 3)
    raw = bytearray(file.read_bytes())
    raw[:4] = b"\xff" * 4
    file.write_bytes(raw)
    refused(buffer, "data/state, frames 21 to ", "cannot be decoded")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"zarr_format": 7}'])
@pytest.mark.parametrize("name", ["data/img", "meta/episode_ends", ""])
def test_broken_metadata_is_refused(name, text, version, buffer):
    file = metadata(buffer, name, version) if name else buffer / (".zgroup" if version == 2 else "zarr.json")
    file.write_text(text)
    refused(buffer, name)


@pytest.mark.parametrize("name", ["data/img", "meta/episode_ends"])
def test_an_array_without_metadata_is_not_passed_over(name, version, buffer):
    metadata(buffer, name, version).unlink()
    refused(buffer, name)


@pytest.mark.parametrize("name", ["data", "meta", "meta/episode_ends"])
def test_a_part_that_is_missing_is_named(name, buffer):
    shutil.rmtree(buffer / name)
    refused(buffer, "data" if name == "data" else "meta/episode_ends")


def test_a_group_inside_is_not_passed_over(version, buffer):
    zarr.open_group(buffer, mode="a")["data"].create_group("obs")
    refused(buffer, "'data/obs' is a group")


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (np.zeros((0, 2), "f4"), ["empty", "(0, 2)"]),
        (np.zeros((50, 0), "f4"), ["empty", "(50, 0)"]),
        (np.ones((50, 2), "c8"), ["complex64, not numbers"]),
    ],
)
def test_arrays_that_nothing_can_be_learnt_from_are_refused(x, said, tmp_path):
    chunks = tuple(max(1, n) for n in x.shape)
    refused(write(tmp_path / "replay.zarr", {"action": x}, chunks=chunks), "data/action", *said)


def test_a_buffer_of_nothing_is_refused(version, tmp_path):
    refused(write(tmp_path / "replay.zarr", {}, version=version), "nothing was recorded")


def test_paths_that_are_no_buffer_are_refused(tmp_path, buffer):
    (tmp_path / "file").write_text("no data")
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "absent", "there is nothing at")
    refused(tmp_path / "file", "is a file", "zarr replay buffer")
    refused(tmp_path / "empty", "no recordings of a format that is known", "zarr replay buffer")
    refused(tmp_path, f"did you mean {buffer}?")


def test_the_published_push_t_is_all_there():
    reader = open_data(need_data("pusht"))
    assert (len(reader.lengths), sum(reader.lengths)) == (206, 25_650)
    assert {name: key.shape for name, key in reader.keys.items()} == {
        "action": (2,),
        "img": (96, 96, 3),
        "keypoint": (9, 2),
        "n_contacts": (1,),
        "state": (5,),
    }
    first, *_ = reader.episodes(["state", "img"], which=[0], as_bytes=["img"])
    assert repr(first) == "Episode(state: 161 x 5, img: 161 x 96 x 96 x 3, action: 161 x 2)"
