"""Thin Celery wrappers: load, hand over to a verb. Each may run twice or late without harm."""

from celery import shared_task

from jury.actions import papers, reminders
from jury.models import Paper


@shared_task(name=papers.RENDER)
def render_paper(pk: int) -> None:
    """Render one owed paper right after it was asked for."""
    if paper := Paper.objects.owed().filter(pk=pk).first():
        papers.fulfil(paper)


@shared_task(name=papers.RENDER_OWED)
def render_owed_papers() -> None:
    """Render whatever is still owed: the net below `render_paper`."""
    papers.fulfil_all()


@shared_task(name=papers.FORGET_HIDDEN)
def forget_hidden_dossiers() -> None:
    """Delete dossiers that hold what their juror may not read any more."""
    papers.forget_hidden()


@shared_task(name="jury.tasks.remind")
def remind() -> None:
    """Send the jury's reminders that are due."""
    reminders.remind_all()
