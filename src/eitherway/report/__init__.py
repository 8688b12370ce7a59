"""The report of a run: figures, one HTML page, and videos."""

from eitherway.report.figures import four_panel
from eitherway.report.html import write_report
from eitherway.report.video_frames import can_film
from eitherway.report.videos import write_videos

__all__ = ["can_film", "four_panel", "write_report", "write_videos"]
