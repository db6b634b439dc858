"""A project's own picture."""

from portal.models import Project


def address(project: Project) -> str:
    """Stub: no project has a picture of its own yet."""
    return ""
