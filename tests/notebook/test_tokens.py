"""Classes as bars: their area is their probability."""

import numpy as np
import pytest
import torch

from eitherway.evaluation.data import Floor
from eitherway.notebook.tokens import sizes, tokens
from eitherway.tasks.jumper.distribution import JumperDistribution

EDGES = torch.tensor([-3.0, -1.5, -1.0, 1.0, 1.25, 3.0])
P = torch.tensor([0.1, 0.3, 0.0, 0.4, 0.2])
CENTRES = (EDGES[1:] + EDGES[:-1]) / 2


def bars(axes):
    return [(b.get_x(), b.get_width(), b.get_height()) for b in axes.containers[0]]


@pytest.mark.parametrize("walls", [EDGES, EDGES.diff()])
def test_bars_have_the_area_of_their_class_from_edges_or_widths(walls):
    (axes,) = tokens({0.3: (CENTRES, walls, P)}, JumperDistribution()).axes
    assert [w * h for _, w, h in bars(axes)] == pytest.approx(P.tolist())
    assert [x for x, _, _ in bars(axes)] == pytest.approx(EDGES[:-1].tolist())


def test_the_line_is_the_distribution_at_that_start():
    (axes,) = tokens({-0.6: (CENTRES, EDGES, P)}, JumperDistribution()).axes
    x, y = axes.lines[-1].get_data()
    assert np.allclose(y, JumperDistribution().density(torch.as_tensor(x), torch.tensor(-0.6)))


def test_walls_that_fit_no_classes_are_refused():
    with pytest.raises(ValueError, match="5 classes need 5 widths or 6 edges, got 3"):
        tokens({0.0: (CENTRES, EDGES[:3], P)}, JumperDistribution())


def test_sizes_are_drawn_in_order_with_the_floor():
    success, distance = sizes([(48, 1.0, 0.06), (2, 1.0, 0.18)], Floor(0.033, 0.005, 20)).axes
    assert list(success.lines[0].get_xdata()) == [2, 48]
    assert distance.texts[0].get_text().startswith("floor 0.033")
