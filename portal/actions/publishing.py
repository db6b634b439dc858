"""Verbs on what of the directory is public: let a project come out now, take it off the public pages."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from landespreis import clock, journal
from landespreis.refusal import Refused
from portal.actions import projects
from portal.models import Project


@transaction.atomic
def publish(project: Project, *, by: User | None) -> Project:
    """Let a project be public from now on, also one that was planned for later; one that is out stays as it is.

    Journals; `by` None is the portal itself. Raises Refused for one that is incomplete, and what `projects.save`
    raises.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)
    now = clock.now()
    if project.is_public(now):
        return project
    project.published_at = now
    try:
        project.validate_constraints()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    project = projects.save(project)
    journal.note(journal.Verb.PROJECT_PUBLISHED, by=by, about=project.title, project=project.pk)
    return project


@transaction.atomic
def withdraw(project: Project, *, by: User | None) -> Project:
    """Take a project off the public pages; it stays in the admin, and nothing else of it changes. Journals."""
    project = Project.objects.select_for_update().get(pk=project.pk)
    Project.objects.filter(pk=project.pk).update(published_at=None, changed_at=clock.now())
    project.refresh_from_db()
    projects.refresh(project)
    journal.note(journal.Verb.PROJECT_WITHDRAWN, by=by, about=project.title, project=project.pk)
    return project
