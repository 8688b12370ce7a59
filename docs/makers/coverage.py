"""How often intervals and ranks are right: what benchmarks/coverage.py has found."""

import json
from typing import Any

from makers.tables import RESULTS

INTERVALS = {"one": "a share", "own": "a difference, own trainings", "shared": "a difference, the same trainings"}
RANKED = "| equal rows | seeds | starts | some pair apart, one by one | some rank above 1 | apart if 6 points better |"


def covered(_: str) -> str:
    """Coverage of nominal 95 %, the least and the most of each case; and how often equal rows are ranked apart."""
    data = json.loads((RESULTS / "coverage.json").read_text(encoding="utf-8"))
    kinds = list(dict.fromkeys(c["kind"] for c in data["cells"]))
    shares = sorted({c["share"] for c in data["cells"]})
    head = f"| starts and trainings | interval of | {' | '.join(f'share {s:g}' for s in shares)} |"
    lines = [
        f"| {kind} | {title} | {' | '.join(between(data, kind, key, s) for s in shares)} |"
        for kind in kinds
        for key, title in INTERVALS.items()
    ]
    told = (
        "Each cell: the least and the most found with 3 and 5 seeds, 100 and 500 starts, and for differences a second "
        f"row that fails as often and one that fails twice as often; {data['tables']:,} tables each, so that chance "
        "alone moves a figure by one point."
    )
    ranks = [
        f"| {r['rows']}, {r['kind']} | {r['seeds']} | {r['starts']} | "
        f"{' | '.join(per_cent(r[k]) for k in ('single', 'corrected', 'power'))} |"
        for r in data["ranks"]
    ]
    rest = ["", told, "", RANKED, "|---" * 6 + "|", *ranks, "", f"{data['leagues']} tables of each kind. Made by:"]
    return "\n".join([head, "|---" * (2 + len(shares)) + "|", *lines, *rest, "", f"```sh\n{data['command']}\n```"])


def between(data: dict[str, Any], kind: str, key: str, share: float) -> str:
    """The least and the most coverage found."""
    found = [c[key][0] for c in data["cells"] if c["kind"] == kind and c["share"] == share]
    return f"{100 * min(found):.1f} to {per_cent(max(found))}"


def per_cent(share: float) -> str:
    """A share in per cent."""
    return f"{100 * share:.1f} %"
