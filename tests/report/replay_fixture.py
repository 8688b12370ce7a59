"""What the page must unpack as the library packed it, for its own tests: python tests/report/replay_fixture.py."""

import json
from pathlib import Path

import numpy as np

from eitherway.evaluation.rollouts import Rollouts
from eitherway.report.pusht import PushTView
from eitherway.report.replay import played, staged
from eitherway.tasks.pusht.geometry import seen_at

PLACE = Path(__file__).parents[2] / "web" / "tests" / "fixtures" / "replay.json"
STATES = np.array(
    [
        (100.0, 120.5, 200.0, 300.0, 6.2),
        (110.0, 130.0, 210.0, 300.0, 0.1),
        (130.0, 140.0, 220.0, 310.0, 0.4),
        (140.0, 140.0, 220.0, 310.0, 3.0),
        (150.0, 141.0, 220.0, 310.0, 3.0),
    ]
)
COVERAGE = (np.nan, 0.25, 0.5, 0.625, 0.961)


def episode():
    """Four steps, a decision at every second, three draws of two actions each, exact in the units they are sent in."""
    along = np.linspace(100, 355, 6)  # of each decision least and greatest are 255 apart: a byte is one pixel
    once = np.stack([along, along[::-1] + 50], axis=-1).reshape(3, 2, 2)
    sample_fan = np.stack([once, once[::-1] - 20])[None]
    return Rollouts(
        success=np.array([True]),
        steps=np.array([4]),
        action=STATES[None, 1:, :2] + 5,
        info={"state": STATES[None], "coverage": np.array(COVERAGE)[None, :, None]},
        decision_steps=np.array([0, 2]),
        boundary_gap=np.full((1, 2), np.nan),
        committed_mode=None,
        sample_fan=sample_fan,
    )


def fixture():
    """The scene, an episode as it is sent, and what it is."""
    r, scene = episode(), PushTView.scene
    return {
        "scene": json.loads(json.dumps(staged(scene))),
        "draws": 3,
        "episode": played(scene, r, 0, 3),
        "state": [[None if np.isnan(v) else v for v in row] for row in scene.state(r)[0].tolist()],
        "action": r.action[0].tolist(),
        "sample_fan": r.sample_fan[0].tolist(),
        "outlines": seen_at(scene.body, STATES).round(9).tolist(),
    }


def kept():
    """What the page's tests read."""
    return json.loads(PLACE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    PLACE.write_text(json.dumps(fixture(), indent=1) + "\n", encoding="utf-8")
