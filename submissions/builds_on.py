"""What others have already built on an admission, so that it cannot simply be taken back.

An app above says it in a module `builds_on` with a function `admission(entry)`: a German sentence, or nothing.
"""

from importlib import import_module
from typing import Protocol

from submissions.models import Submission

APPS = ("jury", "portal")


class BuildsOn(Protocol):
    def admission(self, entry: Submission) -> str: ...


def admission(entry: Submission) -> list[str]:
    """Return one sentence for each app that has built on the admission of `entry`."""
    modules: list[BuildsOn] = [import_module(f"{app}.builds_on") for app in APPS]
    return [sentence for module in modules if (sentence := module.admission(entry))]
