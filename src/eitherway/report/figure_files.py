"""The figures of a run: each a file in its folder, and an <svg> for the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup
from matplotlib.figure import Figure

from eitherway.files import write_text
from eitherway.report.svg import inline, side_by_side, to_svg


@dataclass(frozen=True)
class FigureFiles:
    """The folder into which a page's figures are written."""

    folder: Path

    def panels(self, name: str, panels: Mapping[str, Figure]) -> list[Markup]:
        """Writes panels as one file into the folder, if there are any, and returns each as an <svg> for the page."""
        svgs = [to_svg(figure) for figure in panels.values()]
        if svgs:
            write_text(self.folder / f"{name}.svg", side_by_side(svgs))
        return [
            inline(svg, prefix=f"{name}-{i}", label=f"{name}: {what}")
            for i, (svg, what) in enumerate(zip(svgs, panels, strict=True))
        ]

    def keep(self, name: str, figure: Figure, label: str) -> Markup:
        """Writes a figure as a file into the folder, and returns it as an <svg> for the page."""
        svg = to_svg(figure)
        write_text(self.folder / f"{name}.svg", side_by_side([svg]))
        return inline(svg, prefix=name, label=label)
