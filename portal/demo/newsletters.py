"""Issues of the demo's newsletter and who gets it."""

from datetime import datetime


def fill(until: datetime) -> None:
    """Nothing yet at `until`."""
