"""What a run showed, as pictures and as one page."""

from eitherway.report.figures import four_panel
from eitherway.report.html import write_report

__all__ = ["four_panel", "write_report"]
