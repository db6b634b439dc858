"""Projects of the demo's directory."""

from datetime import datetime


def fill(until: datetime) -> None:
    """Nothing yet at `until`."""
