"""Methods beside each other."""

import numpy as np
import pytest

from eitherway.notebook.scatters import side_by_side

S = np.linspace(-1.2, 1.2, 1_000)
X = np.where(S > 0, 1.2, -1.2)


def test_the_title_counts_all_landings_and_nan_is_not_safe():
    landings = np.where(np.arange(1_000) % 4 == 0, 0.0, 1.2)
    landings[1] = np.nan
    figure = side_by_side(S, X, {"mse": (S, landings)})
    assert figure.axes[0].get_title(loc="left") == "mse: 74.9 % safe"
    assert "1 of 1000 are NaN" in [text.get_text() for text in figure.axes[0].texts]


@pytest.mark.parametrize("n, rows", [(1, 1), (4, 1), (5, 2), (6, 2)])
def test_panels_share_axes_in_one_row_or_two(n, rows):
    figure = side_by_side(S, X, {f"m{i}": (S, X) for i in range(n)})
    assert figure.axes[0].get_gridspec().nrows == rows
    assert len({axes.get_ylim() for axes in figure.axes[:n]}) == 1


@pytest.mark.parametrize("n", [0, 7])
def test_none_or_too_many_are_refused(n):
    with pytest.raises(ValueError, match=f"1 to 6 .* got {n}"):
        side_by_side(S, X, {f"m{i}": (S, X) for i in range(n)})
