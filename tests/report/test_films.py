"""A film of a rollout plays, and is as long as the rollout was."""

import numpy as np
import pytest

from eitherway.report import write_report, write_videos
from report.runs import make_run

av = pytest.importorskip("av")


@pytest.fixture(scope="module", params=["avoiding", "pusht"])
def run(request, tmp_path_factory):
    """A run folder with its videos, and how many steps its first episode took."""
    folder = make_run(tmp_path_factory.mktemp("films"), request.param, methods=("flow",))
    return folder, list(write_videos(folder)), int(np.load(folder / "flow" / "seed-0" / "draws.npz")["steps"][0])


def decoded(place):
    """The frames, as RGB."""
    with av.open(str(place)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_there_is_a_frame_for_each_state_of_an_even_size_and_none_is_blank(run):
    folder, places, steps = run
    assert places == [folder / "videos" / f"{name}.mp4" for name in ("flow", "nearest-neighbour")]
    frames = decoded(places[0])
    assert len(frames) == steps + 1
    assert all(side % 2 == 0 for side in frames[0].shape[:2])
    assert frames[0].std() > 5 and np.abs(frames[0].astype(int) - frames[-1]).max() > 100


def test_any_player_can_play_it_before_it_has_come_whole(run):
    _, places, _ = run
    with av.open(str(places[0])) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
    data = places[0].read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")


def test_what_is_there_already_is_not_made_again(run):
    assert list(write_videos(run[0])) == []


def test_the_page_links_to_what_is_there(run):
    page = write_report(run[0]).read_text(encoding="utf-8")
    assert 'href="videos/flow.mp4"' in page and "No videos were written" not in page
