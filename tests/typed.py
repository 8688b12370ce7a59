"""The check of types and shapes that pytest puts around everything in `eitherway`."""

from beartype import BeartypeConf, beartype

checked = beartype(conf=BeartypeConf(is_pep484_tower=True))  # a whole number is a number, as for type checkers
