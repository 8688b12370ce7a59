"""A module dictionary with arbitrary names: PyTorch's own refuses a dot, `type`, `half` and `keys`."""

from collections.abc import Iterator, Mapping

from torch import nn


class NamedModules(nn.Module):
    """A dictionary of modules with arbitrary names; in the state dict they are numbered in the order given."""

    def __init__(self, modules: Mapping[str, nn.Module]) -> None:
        super().__init__()
        self.names = tuple(modules)
        self.each = nn.ModuleList(modules.values())

    def __getitem__(self, name: str) -> nn.Module:
        return self.each[self.names.index(name)]

    def items(self) -> Iterator[tuple[str, nn.Module]]:
        """Pairs of name and module."""
        return zip(self.names, self.each, strict=True)
