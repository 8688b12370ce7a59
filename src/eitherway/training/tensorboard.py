"""TensorBoard logging of training losses while training runs."""

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from eitherway.training.train import Progress


def check_board() -> None:
    """Raises ValueError where TensorBoard is not installed."""
    if importlib.util.find_spec("tensorboard") is None:
        raise ValueError("writing for TensorBoard needs it: pip install 'eitherway[tensorboard]'")


@contextmanager
def board(folder: Path | None) -> Iterator[Callable[[Progress], None]]:
    """Context with a callback that logs every training loss to the folder; without a folder it logs nothing."""
    if folder is None:
        yield lambda progress: None
        return
    for older in folder.glob("events.out.tfevents.*"):  # of a training that was stopped
        older.unlink()
    from torch.utils.tensorboard import SummaryWriter  # takes a second to import

    with SummaryWriter(str(folder)) as writer:

        def watch(progress: Progress) -> None:
            first = progress.step - len(progress.losses) + 1
            for i, loss in enumerate(progress.losses.tolist()):
                writer.add_scalar(f"loss/stage {progress.stage + 1}", loss, first + i)

        yield watch
