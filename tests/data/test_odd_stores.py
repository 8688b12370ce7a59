"""Whatever lies in a folder that calls itself a replay buffer, it is read or refused in one line: no code of it is run,
nothing is waited for, no more memory is asked for than its files could fill."""

import json
import os
import pickle
import shutil
import signal
import stat
import tracemalloc
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import zarr
from numcodecs import BZ2, LZ4, LZMA, Blosc, Delta, GZip, Zlib, Zstd

from buffers import chunk, metadata, recorded, write
from eitherway.cli.main import main
from eitherway.data.readers import BadData, open_data

PATIENCE = 60  # seconds for one store, on a busy machine too
DTYPES = ["|O", "<M8[ns]", "|S5", "<U3", ">f8", "<f2", "<c8", [["a", "<f4"]], "|V999999999", "<i9", 7, None, "float16"]
SHAPES = [[10**12, 2], [50, 10**9], [-1, 2], [], [0, 2], [2**64], [1.5, 2], "x", None, [50, 2, 2], [[50]], [10**9] * 40]
CHUNKS = [[1, 1], [7, 10**9], [10**12, 1], [0, 2], [-7, 2], [1], None, "x", [2**63, 2**63]]
CODECS = [{"id": name} for name in ("pickle", "json2", "vlen-utf8", "vlen-array", "zlib", "lz4", "nonsense")]
CODECS += [{"name": n} for n in ("zstd", "numcodecs.pickle", "vlen-bytes", "sharding_indexed")] + [{}, "x", 3, None]
FILLS = ["NaN", "Infinity", 10**400, [1], {"a": 1}, None, "AAAA", True]
TEXTS = ["", "[" * 100_000, '{"a":' * 100_000, f"[{'9' * 10_000}]", '"\\ud800"', "null", "[]", '{"zarr_format": 9}']
STORES = [
    {"version": 2},
    {"version": 2, "compressors": Zlib()},
    {"version": 2, "compressors": None, "filters": Delta("<f4")},
    {"version": 3},
    {"version": 3, "shards": (14, 2)},
]


def some(of, rng):
    return of[int(rng.integers(len(of)))]


def files(path, rng, part=""):
    """One of the store's own files; never what a link that was put there leads to, for it will be written to."""
    return some(sorted(p for p in path.rglob("*") if stat.S_ISREG(p.lstat().st_mode) and part in p.name), rng)


def flip(path, rng):
    file = files(path, rng)
    raw = bytearray(file.read_bytes() or b"0")
    for _ in range(int(rng.integers(1, 9))):
        raw[int(rng.integers(min(len(raw), 40)))] = int(rng.integers(256))
    file.write_bytes(raw)


def cut(path, rng):
    file = files(path, rng)
    raw = file.read_bytes()
    file.write_bytes(raw[: int(rng.integers(len(raw) + 1))] + bytes(int(rng.choice([0, 0, 9, 10**6]))))


def drop(path, rng):
    found = some(sorted(path.rglob("*")), rng)
    shutil.rmtree(found) if stat.S_ISDIR(found.lstat().st_mode) else found.unlink()


def replace(path, rng):
    """Something else in a file's place; links lead to what this test may lose."""
    file = files(path, rng)
    file.unlink()
    kind = int(rng.integers(5))
    if kind == 0:
        os.mkfifo(file)
    elif kind == 1:
        file.mkdir()
    else:
        path.with_name("outside").write_bytes(b"secret")
        file.symlink_to(["/dev/zero", path.with_name("outside"), file.name][kind - 2])


def edit(path, rng):
    """One field of metadata; what JSON has, and zarr does not foresee."""
    file = files(path, rng, ".zarray" if (path / ".zgroup").is_file() else "zarr.json")
    data = json.loads(file.read_text())
    field = some(sorted(data), rng)
    new = {
        "dtype": DTYPES,
        "data_type": DTYPES,
        "shape": SHAPES,
        "chunks": CHUNKS,
        "chunk_grid": [{"name": "regular", "configuration": {"chunk_shape": c}} for c in CHUNKS],
        "compressor": CODECS,
        "filters": [[c] for c in CODECS],
        "codecs": [[{"name": "bytes", "configuration": {"endian": "little"}}, c] for c in CODECS],
        "fill_value": FILLS,
    }.get(field, [*FILLS, *SHAPES])
    file.write_text(json.dumps({**data, field: some(new, rng)}))


def absurd(path, rng):
    """Shape and chunks at once, so that they agree."""
    file = files(path / "data", rng, ".zarray" if (path / ".zgroup").is_file() else "zarr.json")
    data = json.loads(file.read_text())
    shape, each = some([[50, 10**9], [10**12, 2], [50, 2]], rng), some([[7, 10**9], [7, 1], [10**9, 2], [1, 1]], rng)
    grid = {"name": "regular", "configuration": {"chunk_shape": each}}
    file.write_text(
        json.dumps({**data, "shape": shape, **({"chunks": each} if "chunks" in data else {"chunk_grid": grid})})
    )


def text(path, rng):
    files(path, rng).write_text(some(TEXTS, rng))


def name(path, rng):
    folder = path / "data" / "action"
    folder.rename(folder.with_name(some(["[bold]", "[/x]", "a\nb", "\udcff", "ä" * 80, ".hidden", "a" * 200], rng)))


def numbers(path, rng):
    """Other ends of episodes."""
    version = 2 if (path / ".zgroup").is_file() else 3
    other = write(path.with_name("other.zarr"), {}, rng.integers(-3, 80, int(rng.integers(1, 6))), version=version)
    shutil.rmtree(path / "meta" / "episode_ends")
    shutil.copytree(other / "meta" / "episode_ends", path / "meta" / "episode_ends")


MUTATIONS = [flip, cut, drop, replace, edit, absurd, text, name, numbers]


def odd(path, seed):
    """A store with one to three things that are wrong."""
    rng = np.random.default_rng(seed)
    write(path, {"action": recorded()["action"]}, **STORES[seed % len(STORES)])
    for _ in range(int(rng.integers(1, 4))):
        with suppress(OSError, IndexError, ValueError, KeyError, TypeError, AttributeError):
            some(MUTATIONS, rng)(path, rng)  # unless the one before took away what it wants
    return path


def outcome(words, capsys):
    """What a command prints as its last line, and its status; it has to come to an end."""

    def stop(*_):
        raise AssertionError(f"no end after {PATIENCE} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(PATIENCE)
    try:
        status = main(words)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    return status, capsys.readouterr().err


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_store_is_read_or_refused_in_one_line(seed, tmp_path, capsys):
    path = odd(tmp_path / "replay.zarr", seed)
    status, error = outcome(["data", "inspect", str(path), *(["--sparse"] if seed % 2 else [])], capsys)
    assert (status, error) == (0, "") or (status == 1 and error.count("\n") == 1 and str(path) in error), error


def refused(path, *said, sparse=False):
    """The line with which a store is refused, before more than a few MB are asked for."""
    tracemalloc.start()
    try:
        with pytest.raises(BadData) as error:
            reader = open_data(path, sparse=sparse)
            for _ in reader.read(list(reader.keys)):
                pass
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()
    text = str(error.value)
    assert "\n" not in text and str(path) in text and [part for part in said if part not in text] == []


@pytest.fixture
def store(tmp_path):
    return write(tmp_path / "replay.zarr", {"action": recorded()["action"]})


def edited(path, **fields):
    """Other metadata of the actions, the chunks as they are."""
    file = metadata(path, "data/action")
    file.write_text(json.dumps({**json.loads(file.read_text()), **fields}))
    return path


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"shape": [50, 10**9], "chunks": [7, 10**9]}, "frames of 1,000,000,000 numbers"),
        ({"shape": [50, 10**9], "chunks": [7, 1]}, "frames of 1,000,000,000 numbers"),
        ({"shape": [50, 10**6], "chunks": [1, 1]}, "cut into 1,000,000 chunks"),
        ({"chunks": [7, 10**9]}, "28,000,000,000 bytes at a time"),
        ({"shape": [10**12, 2], "chunks": [10**7, 2]}, "1,000,000,000,000 frames"),
        ({"chunks": [0, 2]}, "data/action"),
        ({"shape": [-50, 2]}, "data/action"),
    ],
)
def test_sizes_are_bounded_before_room_is_made(fields, said, store):
    refused(edited(store, **fields), said, sparse=True)


@pytest.mark.parametrize("chunks", [[10**6, 2], [1, 2]])
def test_what_is_filled_in_is_bounded(chunks, store):
    edited(store, shape=[10**11, 2], chunks=chunks)
    shutil.rmtree(store / "meta" / "episode_ends")
    zarr.open_group(store, mode="a")["meta"].create_array("episode_ends", data=np.array([10**11]))
    refused(store, "data/action lacks", "at most", sparse=True)


@pytest.mark.parametrize("target", ["/dev/zero", "OUTSIDE", "../../outside", "absent"])
@pytest.mark.parametrize("file", [".zgroup", "data/action/.zarray", "data/action/0.0"])
def test_a_link_out_of_the_folder_is_not_followed(file, target, store):
    (store.parent / "outside").write_bytes(b"secret")
    (store / file).unlink()
    (store / file).symlink_to(store.parent / "outside" if target == "OUTSIDE" else target)
    with pytest.raises(BadData, match=r"leads out|neither a file|no recordings"):
        open_data(store)


def test_a_link_to_a_file_inside_is_followed(store):
    file = chunk(store, "data/action", 0)
    file.rename(store / "kept")
    file.symlink_to(store / "kept")
    assert open_data(store).frames("action", 0).tolist() == recorded()["action"][:20].tolist()


def test_a_linked_data_set_is_followed(store, tmp_path):
    (tmp_path / "link").symlink_to(store)
    assert open_data(tmp_path / "link").lengths == (20, 3, 27)


@pytest.mark.parametrize("file", ["data/action/.zarray", "data/action/3.0", "meta/episode_ends/0", "data/pipe"])
def test_nobody_waits_for_a_named_pipe(file, store):
    (store / file).unlink(missing_ok=True)
    os.mkfifo(store / file)
    refused(store, file, "neither a file nor a folder")


class Trap:
    """What a pickle runs when it is opened."""

    def __reduce__(self):
        return Path.touch, (Path("sprung"),)


@pytest.mark.parametrize("role", ["compressor", "filters"])
def test_a_pickle_is_not_opened(role, store, monkeypatch):
    monkeypatch.chdir(store.parent)
    places = [chunk(store, "data/action", number) for number in range(8)]
    edited(store, **{"compressor": None, role: {"id": "pickle"} if role == "compressor" else [{"id": "pickle"}]})
    for place in places:
        place.write_bytes(pickle.dumps(Trap()))
    refused(store, "data/action", "pickle")
    assert not Path("sprung").exists()


@pytest.mark.parametrize(
    ("compressor", "raw"),
    [
        (Blosc(), b"\x02\x01\x21\x04" + (2**31 - 1).to_bytes(4, "little") * 2 + (16).to_bytes(4, "little")),
        (LZ4(), (2**31 - 1).to_bytes(4, "little") + bytes(20)),
        (Zstd(), b"\x28\xb5\x2f\xfd\xe0" + (2**40).to_bytes(8, "little") + bytes(9)),
        (Zlib(), bytes(10_000)),
    ],
)
def test_a_chunk_that_says_it_is_larger_than_it_may_be_is_not_unpacked(compressor, raw, tmp_path):
    path = write(tmp_path / "replay.zarr", {"action": recorded()["action"]}, compressors=compressor)
    chunk(path, "data/action", 2).write_bytes(raw)
    refused(path, "data/action/2.0 is damaged", "56")


@pytest.mark.parametrize("packer", [Zlib(9), GZip(9), BZ2(9), LZMA()], ids=lambda p: p.codec_id)
def test_a_chunk_that_unpacks_to_far_more_than_is_due_is_not_unpacked(packer, tmp_path):
    """40 MB of zeros in less than 40 kB, for chunks of 56 kB."""
    path = write(tmp_path / "replay.zarr", {"action": np.ones((50, 2_000), "f4")}, compressors=packer)
    chunk(path, "data/action", 2).write_bytes(packer.encode(bytes(4 * 10**7)))
    refused(path, "data/action/2.0 is damaged", "unpacks to more than the 56,000 bytes")


@pytest.mark.parametrize("packer", [Zlib(), GZip(), BZ2(), LZMA()], ids=lambda p: p.codec_id)
def test_what_is_packed_as_it_should_be_is_read(packer, tmp_path):
    path = write(tmp_path / "replay.zarr", {"action": recorded()["action"]}, compressors=packer)
    assert open_data(path).frames("action", 0).tolist() == recorded()["action"][:20].tolist()


def test_a_chunk_that_git_has_not_fetched_is_called_so(store):
    chunk(store, "data/action", 2).write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 7\n")
    refused(store, "data/action/2.0 is a Git LFS pointer", "git lfs pull")


def test_metadata_of_any_length_are_not_read(store):
    with (store / ".zattrs").open("wb") as file:
        file.truncate(2**40)
    refused(store, ".zattrs has 1,099,511,627,776 bytes")
