"""What every template knows about the installation."""

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from django.conf import settings
from django.http import HttpRequest

try:
    VERSION = version("landespreis")
except PackageNotFoundError:
    VERSION = "0.1.0"


@dataclass(frozen=True)
class Installation:
    """`demo`: invented people, one-click login. `version`: of the software."""

    demo: bool
    version: str


def installation(request: HttpRequest | None) -> dict[str, Installation | str]:
    """Give templates `installation` and `base_url`; works without a request, for the page of an internal error.

    Not called `site`: allauth's pages bring a variable of that name.
    """
    return {"installation": Installation(demo=settings.DEMO, version=VERSION), "base_url": settings.BASE_URL}
