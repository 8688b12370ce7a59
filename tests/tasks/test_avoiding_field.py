"""The field's geometry and its 24 modes, on tracks that are drawn by hand."""

import numpy as np
import pytest

from eitherway.tasks.avoiding import (
    MODE_NAMES,
    OBSTACLES,
    RADIUS,
    ROWS,
    collides,
    gaps_of,
    intended_gap,
    mode_of,
    passage,
    track_mode,
)
from eitherway.tasks.avoiding.field import MIDDLES, clearance


def track(*gaps):
    """The polyline that goes straight up through the middles of a gap in each row, and on to the finish line."""
    points = [(0.0, 0.1)]
    for row, middle, gap in zip(ROWS, MIDDLES, gaps, strict=True):
        points += [(middle[gap], row - 0.15), (middle[gap], row + 0.15)]
    return np.array([*points, (points[-1][0], 2.2)])


def between(p, q):
    return bool(collides(np.array(p, float), np.array(q, float)))


def test_the_rows_have_one_two_and_three_obstacles():
    assert [(OBSTACLES[:, 1] == row).sum() for row in ROWS] == [1, 2, 3]


def test_there_are_two_times_three_times_four_modes():
    assert len(set(MODE_NAMES)) == 24
    assert (mode_of(gaps_of(np.arange(24))) == np.arange(24)).all()
    assert ["-".join(map(str, gaps)) for gaps in gaps_of(np.arange(24)).tolist()] == list(MODE_NAMES)


@pytest.mark.parametrize("mode", range(24), ids=MODE_NAMES)
def test_every_combination_of_gaps_can_be_gone(mode):
    assert track_mode(track(*gaps_of(np.array(mode)))) == mode


def test_discs_are_met_by_segments_that_end_on_both_sides_of_them():
    assert between((-0.2, 0.6), (0.2, 0.6)) and not between((-0.2, 0.4), (0.2, 0.4))


@pytest.mark.parametrize(("x", "hit"), [(RADIUS - 1e-6, True), (RADIUS + 1e-6, False)])
def test_a_disc_ends_at_its_radius(x, hit):
    assert between((x, 0.1), (x, 1.0)) is hit and between((-x, 1.0), (-x, 0.1)) is hit


@pytest.mark.parametrize(
    ("place", "hit"),
    [((0.0, 0.1), False), ((0.05, 0.65), True), ((0.81, 0.1), True), ((0.0, -0.01), True), ((0.0, 9.0), False)],
)
def test_who_stands_still_collides_where_he_stands(place, hit):
    assert between(place, place) is hit


def test_whoever_leaves_between_the_walls_collides():
    assert between((0.79, 1.0), (0.81, 1.0)) and between((-0.79, 1.0), (-0.81, 1.0)) and between((0, 0.01), (0, -0.01))


def test_no_number_collides():
    assert between((0.0, 0.1), (np.nan, 0.1))


def test_clearance_is_the_least_distance_over_the_segment():
    rng = np.random.default_rng(0)
    p, q = rng.uniform((-0.8, 0), (0.8, 2.2), (2, 200, 2))
    along = np.linspace(0, 1, 4_001)[:, None, None]
    points = p + along * (q - p)
    least = (np.linalg.norm(points[:, :, None] - OBSTACLES, axis=-1) - RADIUS).min((0, 2))
    np.testing.assert_allclose(clearance(p, q), least, atol=5e-4)


def test_a_passage_is_the_gap_in_which_a_row_is_crossed_upwards():
    steps = {
        ((-0.3, 0.5), (-0.3, 0.7)): [0, -1, -1],
        ((-0.1, 1.1), (0.1, 1.3)): [-1, 1, -1],
        ((0.5, 1.7), (0.5, 1.8)): [-1, -1, 3],  # to stand on the line is to have crossed it
        ((0.5, 1.8), (0.5, 1.9)): [-1, -1, -1],
        ((0.0, 1.9), (0.0, 1.7)): [-1, -1, -1],  # downwards
        ((0.0, 0.1), (0.0, 0.2)): [-1, -1, -1],
    }
    p, q = np.array(list(steps)).swapaxes(0, 1)
    assert passage(p, q).tolist() == list(steps.values())


def test_where_a_slanting_step_crosses_decides():
    p, q = np.array([[-0.3, 0.5], [-0.3, 0.5]]), np.array([[0.2, 0.7], [0.4, 0.7]])  # at y = 0.6: -0.05 and 0.05
    assert passage(p, q)[:, 0].tolist() == [0, 1]


def test_one_long_step_can_cross_all_rows():
    assert passage(np.array([0.1, 0.0]), np.array([0.1, 2.2])).tolist() == [1, 1, 2]


def test_the_last_time_counts_where_a_row_is_crossed_again():
    back = np.array([(0.0, 0.1), (-0.3, 0.4), (-0.3, 0.8), (-0.3, 0.4), (0.3, 0.4)])
    assert track_mode(np.concatenate([back, track(1, 2, 0)[1:]])) == MODE_NAMES.index("1-2-0")


@pytest.mark.parametrize("rest", range(1, 7))
def test_a_track_that_stops_below_the_last_row_goes_no_way(rest):
    assert track_mode(track(0, 1, 2)[:rest]) == -1


def test_a_track_through_an_obstacle_or_a_wall_goes_no_way():
    hit, out = track(0, 1, 2), track(0, 1, 2)
    hit[1:3, 0] = -0.05
    out[-2] = 0.9, 2.1
    assert track_mode(np.stack([hit, out, track(0, 1, 2)])).tolist() == [-1, -1, 6]


def test_tracks_of_different_lengths_are_padded_with_nan():
    tracks = np.full((2, 24, 12, 2), np.nan, np.float32)
    tracks[..., :8, :] = [track(*gaps) for gaps in gaps_of(np.arange(24))]
    tracks[1, :, 5:] = np.nan
    assert (track_mode(tracks) == [np.arange(24), np.full(24, -1)]).all()


def test_a_plan_heads_for_the_first_gap_that_it_crosses():
    whole = track(1, 0, 3)
    plans = np.stack([whole[:3], whole[2:5], whole[4:7], whole[3:6], whole[[0, 0, 1]], whole[[2, 1, 0]]])
    assert intended_gap(plans).tolist() == [[0, 1], [1, 0], [2, 3], [1, 0], [-1, -1], [-1, -1]]


def test_a_plan_into_an_obstacle_heads_for_the_side_that_it_is_on():
    plans = np.array([[(-0.05, 0.5), (-0.05, 0.7)], [(0.05, 0.5), (0.05, 0.7)]])
    assert intended_gap(plans).tolist() == [[0, 0], [0, 1]]


def test_a_plan_of_one_point_crosses_nothing():
    assert intended_gap(np.zeros((4, 1, 2))).tolist() == [[-1, -1]] * 4


def test_plans_may_have_any_number_of_axes():
    assert intended_gap(np.zeros((5, 3, 8, 2), np.float32)).shape == (5, 3, 2)
