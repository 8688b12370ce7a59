"""Notebook prose with numbers in it: computed, never typed, and checked against the facts it states.

A sentence that says more than its numbers ("safer than", "as far as") brings the facts it rests on. Where one fails,
because a reader changed a setting or somebody the code, the sentence is still shown, and a warning says that it no
longer holds.
"""

import warnings

from IPython.display import Markdown
from jaxtyping import Float
from torch import Tensor

from eitherway.compare.stats import Interval, wilson
from eitherway.tasks.jumper.distribution import safe


class NoLongerTrue(UserWarning):
    """The warning that a sentence of the notebook is contradicted by its own numbers."""


def markdown(text: str, **facts: bool) -> Markdown:
    """Returns a paragraph, its line breaks taken out; warns with the names of the facts that are false."""
    wrong = [name.replace("_", " ") for name, holds in facts.items() if not holds]
    if wrong:
        warnings.warn(f"this no longer holds: {', '.join(wrong)}", NoLongerTrue, stacklevel=2)
    return Markdown("\n\n".join(" ".join(part.split()) for part in text.split("\n\n")))


def success(x: Float[Tensor, "..."]) -> Interval:
    """Returns the share of landings that miss the obstacle, with Wilson's 95 % interval for this one policy."""
    return wilson(int(safe(x).sum()), x.numel())


def gap(a: Float[Tensor, "..."], b: Float[Tensor, "..."]) -> float:
    """Returns the largest difference between two tensors of one shape, in their unit."""
    return float((a - b).abs().max())
