"""Dates of the demo and who registered for them."""

from datetime import datetime


def fill(until: datetime) -> None:
    """Nothing yet at `until`."""
