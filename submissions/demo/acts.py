"""What one person does in the demo's course of events."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Act:
    """One thing somebody does; `entry` is the key of its story, `verb` and `what` as `Story` has them."""

    at: datetime
    entry: str
    by: str
    verb: str
    what: Any


def unwrapped(text: str) -> str:
    """Return a text whose lines are joined and whose paragraphs, parted by an empty line, are lines."""
    return "\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))
