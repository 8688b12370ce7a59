"""Modules kept by names of any kind: PyTorch's own dictionary refuses a dot, `type`, `half` and `keys`."""

from collections.abc import Iterator, Mapping

from torch import nn


class NamedModules(nn.Module):
    """A module for each name, in the order given; weights are counted, not called by these names."""

    def __init__(self, modules: Mapping[str, nn.Module]) -> None:
        super().__init__()
        self.names = tuple(modules)
        self.each = nn.ModuleList(modules.values())

    def __getitem__(self, name: str) -> nn.Module:
        return self.each[self.names.index(name)]

    def items(self) -> Iterator[tuple[str, nn.Module]]:
        """Names and modules."""
        return zip(self.names, self.each, strict=True)
