"""What the page must compute as the library does, written for its own tests: python tests/widgets/parity.py."""

import json
from pathlib import Path

import torch

from eitherway.notebook.penalties import SIX
from eitherway.notebook.widgets.minima import minima

PLACE = Path(__file__).parents[3] / "web" / "tests" / "fixtures" / "penalties.json"
ERRORS = [-7.0, -3.0, -2.0, -1.5, -1.0, -0.3, -1e-3, 0.0, 1e-3, 0.25, 0.7, 1.0, 1.99, 2.0, 2.01, 4.0, 6.4]
LANDINGS = [-2.25, -1.5, -1.25, -1.125, -1.0, 1.0, 1.0625, 1.125, 1.25, 1.25, 1.75, 2.5, 3.0]  # exact in 32 bits
SCALES = [0.25, 0.5, 1.0, 2.0]


def values(name):
    """ρ(r) and ρ'(r) at the errors, by autograd."""
    r = torch.tensor(ERRORS, dtype=torch.float64, requires_grad=True)
    cost = SIX[name]()(r)
    (slope,) = torch.autograd.grad(cost.sum(), r)
    return {"cost": cost.tolist(), "slope": slope.tolist()}


def fixture():
    """Errors, what they cost and how that changes; landings and their best predictions in several units."""
    even = torch.tensor([-1.5, -1.0, 1.0, 1.25])  # every p of the gap is a median
    return {
        "errors": ERRORS,
        "penalties": {name: values(name) for name in SIX},
        "minima": [
            {"landings": x.tolist(), "scale": scale, "minima": minima(x, scale)}
            for x in (torch.tensor(LANDINGS), even)
            for scale in SCALES
        ],
    }


if __name__ == "__main__":
    PLACE.write_text(json.dumps(fixture(), indent=1) + "\n", encoding="utf-8")
