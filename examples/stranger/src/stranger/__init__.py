"""What this package brings to eitherway; importing it registers everything."""

from stranger import augmentation, head, metric, reader, recipe, task  # noqa: F401
