"""What the source says: code, options, metrics."""

import inspect
import re
from importlib import import_module
from pathlib import Path
from pydoc import locate
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

from eitherway.make import Make, hints, readable, schema
from eitherway.metrics import METRICS
from eitherway.registry import KINDS, classes, load

DOCS = Path(__file__).parents[1]
OPTION = re.compile(r"^ +(\w+): .*=.*#\s*(.+)$", re.MULTILINE)  # an option of a signature with its trailing comment


def code(name: str) -> str:
    """The source of a class, function or module, and a link to its file."""
    found: Any = locate(f"eitherway.{name}")
    place = "src/eitherway/" + Path(inspect.getfile(found)).as_posix().split("/eitherway/")[-1]
    return f"[{place}](../../{place}):\n\n```python no-run\n{inspect.getsource(found).strip()}\n```"


def file(place: str) -> str:
    """A whole file, with a link to it."""
    text = (DOCS.parent / place).read_text(encoding="utf-8").strip()
    language = {".py": "python no-run", ".toml": "toml"}[Path(place).suffix]
    return f"[{place}](../{place}):\n\n```{language}\n{text}\n```"


def options(name: str) -> str:
    """A class's options as a table: the signature with the remarks that stand beside it."""
    cls: Any = locate(f"eitherway.{name}")
    remarks = dict(OPTION.findall(inspect.getsource(cls)))
    kinds = {option: kind(hints(cls).get(option, object)) for option in schema(cls)}
    rows = [f"| `{o}` | {kinds[o]} | `{default!r}` | {remarks.get(o, '')} |" for o, default in schema(cls).items()]
    return "\n".join([f"| `{cls.__name__}` | kind | default | remark |", "|---|---|---|---|", *rows])


def kind(hint: object) -> str:
    """A type for a table; for a `Make`, the classes that may be chosen."""
    parts = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return " or ".join("None" if part is NoneType else chosen(part) for part in parts)


def chosen(hint: object) -> str:
    """One of a type's parts."""
    if get_origin(hint) is not Make:
        return readable(hint).replace("|", "or")
    (base,) = get_args(hint)
    concrete = [n for n, c in classes().items() if issubclass(c, base)]
    return " or ".join(f"`{n}`" for n in sorted(concrete))


def metrics(_: str) -> str:
    """All metrics as a table."""
    rows = [
        f"| `{name}` | {m.better} | {m.unit} | {m.meaning.replace('|', chr(92) + '|')} |" for name, m in METRICS.items()
    ]
    return "\n".join(["| key | better | unit | meaning |", "|---|---|---|---|", *rows])


def kinds(_: str) -> str:
    """All kinds of what can be registered as a table."""
    load()
    for later in ("data.readers", "report.view"):  # loaded where they are used
        import_module(f"eitherway.{later}")
    rows = [f"| {k.what} | `{k.base.__name__}` | {module(k.base)} |" for k in sorted(KINDS, key=lambda k: k.what)]
    return "\n".join(["| kind | base class | module |", "|---|---|---|", *rows])


def module(cls: type) -> str:
    """The module of a class, with a link to it where it is one of the package's."""
    if not cls.__module__.startswith("eitherway."):
        return f"`{cls.__module__}`"
    place = cls.__module__.replace(".", "/")
    return f"[{cls.__module__}](../src/{place}.py)"
