"""The loss explorer widget: a prediction over data, and what it costs under each penalty."""

from collections.abc import Sequence
from pathlib import Path

import torch
from anywidget import AnyWidget
from jaxtyping import Float
from torch import Tensor
from traitlets import Bunch, Bytes, List, TraitError, Unicode, validate
from traitlets import Float as Number

from eitherway.notebook.penalties import SIX
from eitherway.notebook.widgets.limits import within
from eitherway.notebook.widgets.minima import minima
from eitherway.tasks.jumper.distribution import CLIP
from eitherway.tasks.jumper.env import START

STATIC = Path(__file__).parent / "static"
MOST, SLICED = 3_000, 10_000  # landings, without and with starts: the page computes all curves anew for a new unit
HALF = 0.05  # of the slice of starts
SCALES = (0.25, 2.0)


class LossesWidget(AnyWidget):
    """A widget of each penalty's mean cost over predictions, its minima, and its pull on the one that you drag.

    `x` are landings, in robot widths. With their starts `s`, a slider chooses the slice of starts whose landings are
    taken: those within 0.05 of `start`. Without, all are, and there may be 3,000 at most.

    >>> explorer = LossesWidget(torch.tensor([-1.2, 1.1, 1.2]))
    >>> explorer.minima["mse"], explorer.minima["mae"]
    (0.37, 1.1)
    """

    _esm = STATIC / "losses.js"
    _css = STATIC / "widgets.css"

    landings = Bytes(read_only=True).tag(sync=True)
    starts = Bytes(read_only=True).tag(sync=True)
    half = Number(HALF, read_only=True).tag(sync=True)
    start = Number(0.65).tag(sync=True)
    prediction = Number(0.0).tag(sync=True)
    scale = Number(1.0).tag(sync=True)
    shown = List(Unicode()).tag(sync=True)

    def __init__(
        self,
        x: Float[Tensor, " N"],
        s: Float[Tensor, " N"] | None = None,
        *,
        start: float = 0.65,
        prediction: float = 0.0,
        scale: float = 1.0,
        shown: Sequence[str] = tuple(SIX),
    ) -> None:
        check_landings(x, s)
        super().__init__(start=start, prediction=prediction, scale=scale, shown=list(shown))
        self.set_trait("landings", packed(x))
        self.set_trait("starts", packed(x[:0] if s is None else s))

    @validate("prediction")
    def _within_reach(self, proposal: Bunch) -> float:
        return within(proposal, -CLIP, CLIP)

    @validate("scale")
    def _valid_scale(self, proposal: Bunch) -> float:
        return within(proposal, *SCALES)

    @validate("start")
    def _valid_start(self, proposal: Bunch) -> float:
        return within(proposal, -START, START)

    @validate("shown")
    def _valid_shown(self, proposal: Bunch) -> list[str]:
        for name in proposal["value"]:
            if name not in SIX:
                raise TraitError(f"there is no loss {name!r}; there are: {', '.join(SIX)}")
        return list(proposal["value"])

    @property
    def data(self) -> Float[Tensor, " N"]:
        """The landings taken: those that started in the slice, or all."""
        x, s = unpacked(self.landings), unpacked(self.starts)
        return x[(s.double() - self.start).abs() <= HALF] if len(s) else x

    @property
    def minima(self) -> dict[str, float]:
        """The best prediction under each penalty, to 0.01; with no landings in the slice there is none."""
        return minima(self.data, self.scale)


def check_landings(x: Tensor, s: Tensor | None) -> None:
    """Raises a ValueError where these cannot be landings and their starts."""
    most = MOST if s is None else SLICED
    if not 0 < len(x) <= most:
        more = f", or up to {SLICED:,} with their starts s" if s is None else ""
        raise ValueError(f"x must have between 1 and {most:,} landings{more}, got {len(x):,}")
    if not bool((x.abs() <= CLIP).all()):
        raise ValueError(f"landings must lie in [-{CLIP}, {CLIP}], got {float(x[~(x.abs() <= CLIP)][0])}")
    if s is not None and s.shape != x.shape:
        raise ValueError(f"s must have a start for each of the {len(x)} landings, got {len(s)}")


def packed(x: Tensor) -> bytes:
    """Encodes numbers as 32-bit floats, byte after byte."""
    return x.detach().cpu().float().numpy().astype("<f4").tobytes()


def unpacked(data: bytes) -> Float[Tensor, " N"]:
    """Decodes 32-bit floats: the inverse of `packed`."""
    return torch.frombuffer(bytearray(data), dtype=torch.float32) if data else torch.zeros(0)
