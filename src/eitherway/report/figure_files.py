"""The pictures of a run: each a file in its folder, and an <svg> for the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup
from matplotlib.figure import Figure

from eitherway.files import write_text
from eitherway.report.svg import inline, side_by_side, to_svg


@dataclass(frozen=True)
class FigureFiles:
    """The folder in which a page's pictures are kept."""

    folder: Path

    def panels(self, name: str, panels: Mapping[str, Figure]) -> list[Markup]:
        """Small pictures for the page, and as one file in the folder; none where there are none."""
        svgs = [to_svg(figure) for figure in panels.values()]
        if svgs:
            write_text(self.folder / f"{name}.svg", side_by_side(svgs))
        return [
            inline(svg, prefix=f"{name}-{i}", label=f"{name}: {what}")
            for i, (svg, what) in enumerate(zip(svgs, panels, strict=True))
        ]

    def keep(self, name: str, figure: Figure, label: str) -> Markup:
        """A picture for the page, and as a file in the folder."""
        svg = to_svg(figure)
        write_text(self.folder / f"{name}.svg", side_by_side([svg]))
        return inline(svg, prefix=name, label=label)
