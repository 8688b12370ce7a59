"""A public data set arrives whole and as it was published, or not at all; served from this machine."""

import shutil
import threading
import zipfile
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from buffers import chunk, recorded, write
from eitherway.data.fetch import check, digest, fetch
from eitherway.data.public import PUBLIC, Public
from eitherway.data.readers import ZarrReplay
from needs import need_data

PLACE = Path("toy", "toy.zarr")


class Site(BaseHTTPRequestHandler):
    """Serves the bytes it is given; of /short only half, though it announces all, and of /odd no number of them."""

    def do_GET(self):
        body = self.server.files.get(self.path)
        if body is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", "many" if self.path == "/odd" else str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.path == "/short" else body)

    def log_message(self, *words):
        """Nobody reads it."""


@pytest.fixture
def site():
    """Gives bytes an address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        server.files = {}
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()

        def serve(body, path="/toy.zip"):
            server.files[path] = body
            return f"http://127.0.0.1:{server.server_port}{path}"

        yield serve
        server.shutdown()
        thread.join()


@pytest.fixture
def original(tmp_path):
    """What is published."""
    return write(tmp_path / "original.zarr")


def packed(folder, path, extra=(), place=PLACE):
    """A zip archive of a folder, and of files besides."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            archive.write(file, (place / file.relative_to(folder)).as_posix())
        for name in extra:
            archive.writestr(name, "besides")
    return path.read_bytes()


def public(url, original):
    """The data set of an archive, as it ought to be."""
    reader = ZarrReplay.open(original)
    sums = {name: digest(reader, name) for name in (*(f"data/{k}" for k in reader.keys), "meta/episode_ends")}
    return Public("toy", url, PLACE, "a toy", sums)


def failed(data, folder):
    """The one line with which fetching ends; nothing is left of it."""
    before = sorted(folder.rglob("*")) if folder.exists() else None
    with pytest.raises(ValueError) as error:
        list(fetch(data, folder))
    assert (sorted(folder.rglob("*")) if folder.exists() else None) == before
    text = str(error.value)
    assert "\n" not in text and ".partial" not in text
    return text


def test_what_arrives_is_what_was_published(site, original, tmp_path):
    data = public(site(packed(original, tmp_path / "zip")), original)
    told = list(fetch(data, tmp_path / "data"))
    reader = ZarrReplay.open(tmp_path / "data" / PLACE)
    assert np.array_equal(np.concatenate([e["img"] for e in reader.read(["img"])]), recorded()["img"])
    assert list(dict.fromkeys(step.part for step in told)) == ["downloading", "unpacking", "checking"]
    assert all(step.done == step.total for step in {step.part: step for step in told}.values())
    assert [p.name for p in (tmp_path / "data" / "toy").iterdir()] == ["toy.zarr"]


def test_other_files_of_the_archive_stay_in_it(site, original, tmp_path):
    data = public(site(packed(original, tmp_path / "zip", ["toy/README.md", "other/data.zarr/.zgroup"])), original)
    list(fetch(data, tmp_path / "data"))
    assert [p.name for p in (tmp_path / "data").iterdir()] == ["toy"]
    assert [p.name for p in (tmp_path / "data" / "toy").iterdir()] == ["toy.zarr"]


def test_other_compression_and_chunks_are_the_same_data(original, tmp_path):
    other = write(tmp_path / "other.zarr", version=3, compressors=None, chunks="auto")
    assert list(check(public("", original), other))


def test_what_is_there_is_checked_and_not_fetched_again(original, tmp_path):
    data = public("http://127.0.0.1:9/nobody-listens", original)
    original.rename(tmp_path / "toy.zarr")
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy.zarr").rename(tmp_path / PLACE)
    assert {step.part for step in fetch(data, tmp_path)} == {"checking"}


def test_what_is_there_and_differs_is_left_alone(original, tmp_path):
    data = public("http://127.0.0.1:9/nobody-listens", original)
    write(tmp_path / "data" / PLACE, {**recorded(), "state": recorded(seed=1)["state"]})
    text = failed(data, tmp_path / "data")
    assert "data/state is not what was published" in text and "move it away" in text


@pytest.mark.parametrize("name", ["data/action", "data/img", "meta/episode_ends"])
def test_an_array_with_a_wrong_sum_is_named(name, site, original, tmp_path):
    data = public(site(packed(original, tmp_path / "zip")), original)
    text = failed(replace(data, sums={**data.sums, name: "0" * 64}), tmp_path / "data")
    assert f"{data.url}: {name} is not what was published" in text


def test_an_array_too_few_or_too_many_is_named(site, original, tmp_path):
    data = public(site(packed(original, tmp_path / "zip")), original)
    assert "lacks the array data/depth" in failed(replace(data, sums={**data.sums, "data/depth": ""}), tmp_path / "a")
    fewer = {name: s for name, s in data.sums.items() if name != "data/reward"}
    assert "besides what was published, the array data/reward" in failed(replace(data, sums=fewer), tmp_path / "b")


def test_a_file_that_the_archive_lacks_is_named(site, original, tmp_path):
    sound = public("", original)
    chunk(original, "data/img", 3).unlink()
    data = replace(sound, url=site(packed(original, tmp_path / "zip")))
    assert f"{data.url}: data/img/3.0.0.0 is missing" in failed(data, tmp_path / "data")


@pytest.mark.parametrize(
    "name",
    ["../evil", "/evil", "toy/toy.zarr/../../../evil", "toy/toy.zarr/..", "..\\evil", "C:/evil", "toy\\..\\evil"],
)
def test_a_member_that_would_leave_the_folder_refuses_the_archive(name, site, original, tmp_path):
    data = public(site(packed(original, tmp_path / "zip", [name])), original)
    assert "would leave the folder" in failed(data, tmp_path / "data")
    assert list(tmp_path.rglob("evil")) == []


def test_a_member_that_comes_twice_is_refused(site, original, tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        body = packed(original, tmp_path / "zip", ["toy/toy.zarr/.zgroup"])
    assert "has a file twice: .zgroup" in failed(public(site(body), original), tmp_path / "data")


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99])
def test_an_archive_that_was_cut_short_is_refused(share, site, original, tmp_path):
    body = packed(original, tmp_path / "zip")
    data = public(site(body[: int(share * len(body))]), original)
    assert f"{data.url} is no whole zip archive" in failed(data, tmp_path / "data")


def test_an_archive_with_wrong_bytes_is_refused(site, original, tmp_path):
    body = bytearray(packed(original, tmp_path / "zip"))
    body[len(body) // 2 : len(body) // 2 + 50] = bytes(50)
    data = public(site(bytes(body)), original)
    assert data.url in failed(data, tmp_path / "data")


def test_a_download_that_breaks_off_is_refused(site, original, tmp_path):
    body = packed(original, tmp_path / "zip")
    text = failed(public(site(body, "/short"), original), tmp_path / "data")
    assert "cannot download" in text and f"{len(body) // 2:,} of {len(body):,} bytes" in text


def test_an_announced_length_that_is_no_number_is_refused(site, original, tmp_path):
    text = failed(public(site(packed(original, tmp_path / "zip"), "/odd"), original), tmp_path / "data")
    assert "cannot download" in text and "'many'; without a network" in text


def test_a_page_that_is_not_there_is_named(site, original, tmp_path):
    url = site(b"").replace("toy.zip", "gone.zip")
    assert f"cannot download {url}: 404 Not Found; " in failed(public(url, original), tmp_path / "data")


def test_a_site_that_nobody_serves_is_named(original, tmp_path):
    assert "cannot download http://127.0.0.1:9/" in failed(public("http://127.0.0.1:9/", original), tmp_path / "data")


def test_without_a_network_another_way_is_named(original, tmp_path):
    text = failed(public("http://127.0.0.1:9/toy.zip", original), tmp_path / "data")
    assert f"copy that file from elsewhere and unpack it so that {tmp_path / 'data' / PLACE} is a folder" in text
    assert "--data DIR or EITHERWAY_DATA=DIR" in text


def test_what_was_unpacked_by_hand_is_there(original, tmp_path):
    shutil.copytree(original, tmp_path / "data" / PLACE)
    assert {step.part for step in fetch(public("http://127.0.0.1:9/", original), tmp_path / "data")} == {"checking"}


def test_an_archive_of_something_else_is_refused(site, original, tmp_path):
    data = public(site(packed(original, tmp_path / "zip", place=Path("other"))), original)
    assert "has nothing at toy/toy.zarr" in failed(data, tmp_path / "data")


def test_a_folder_that_cannot_be_is_named(site, original, tmp_path):
    data = public(site(packed(original, tmp_path / "zip")), original)
    (tmp_path / "file").write_text("")
    assert f"cannot put toy at {tmp_path / 'file' / PLACE}" in failed(data, tmp_path / "file")


def test_giving_up_half_way_leaves_nothing(site, original, tmp_path):
    steps = fetch(public(site(packed(original, tmp_path / "zip")), original), tmp_path / "data")
    while next(steps).part != "unpacking":
        pass
    steps.close()
    assert not (tmp_path / "data").exists()


@pytest.mark.slow
def test_push_t_is_what_was_published():
    place = need_data("pusht")
    assert [step.part for step in fetch(PUBLIC["pusht"], place.parents[1])] == ["checking"] * 7
