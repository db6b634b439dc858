"""The wording functions, and what the demo's clock told, as template filters; an empty value stays empty."""

from collections.abc import Callable
from typing import Any

from django import template

from landespreis import clock, wording

register = template.Library()


def _filter(function: Callable[[Any], Any]) -> None:
    def say(value: Any) -> Any:
        return "" if value is None or value == "" else function(value)

    register.filter(function.__name__, say)


for _function in (
    wording.deadline,
    wording.opening,
    wording.moment,
    wording.moment_short,
    wording.day,
    wording.weekday,
    wording.clocktime,
    wording.iso,
    wording.remaining,
    wording.filesize,
    wording.counted,
    wording.number,
    wording.device,
    clock.told,
):
    _filter(_function)
