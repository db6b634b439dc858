"""What must be true at the end of a rehearsal, one module per theme; each yields findings."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeGuard

from django.db import close_old_connections

from rehearsal.stage import Stage

Check = Callable[[Stage], Iterable["Finding"]]


@dataclass(frozen=True)
class Finding:
    """One thing that must be true, whether it is, and the figures behind it."""

    invariant: str
    holds: bool
    says: str
    lost: int = 0
    """How much of what the portal had confirmed is gone."""


def compare(invariant: str, found: object, expected: object) -> Finding:
    """Return a finding that holds if both are the same; it shows both where they differ."""
    same = found == expected
    return Finding(invariant, same, f"{_brief(found)}" if same else f"{_brief(found)} statt {_brief(expected)}")


def none(invariant: str, wrong: Iterable[object], of: int) -> Finding:
    """Return a finding that holds if `wrong` is empty; `of` is how many were looked at."""
    rows = list(wrong)
    return Finding(invariant, not rows, f"{of} geprüft" if not rows else f"{len(rows)} von {of}: {_brief(rows)}")


def none_lost(invariant: str, lost: Iterable[object], of: int) -> Finding:
    """Return what `none` does, about what the portal had confirmed: each row of `lost` is lost."""
    rows = list(lost)
    return replace(none(invariant, rows, of), lost=len(rows))


def check_all(stage: Stage, checks: Iterable[Check]) -> Iterator[Finding]:
    """Yield what every check finds; one that cannot look, because the story ended before, has found something."""
    for check in checks:
        close_old_connections()  # a fault may have ended the one there was
        try:
            yield from check(stage)
        except Exception as error:  # the others are looked at all the same
            yield Finding(f"{check.__module__}.{check.__name__}", False, f"{type(error).__name__}: {error}")


def _brief(value: object) -> str:
    text = _spans(value) if _are_numbers(value) else str(value)
    return text if len(text) <= 400 else f"{text[:400]} …"


def _are_numbers(value: object) -> TypeGuard[list[int]]:
    return isinstance(value, list) and len(value) > 1 and all(type(number) is int for number in value)


def _spans(numbers: list[int]) -> str:
    """Return numbers with those that follow each other told by the first and the last: «1–225, 227»."""
    ends: list[list[int]] = []
    for number in numbers:
        if ends and number == ends[-1][1] + 1:
            ends[-1][1] = number
        else:
            ends.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in ends)
