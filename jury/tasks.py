"""Thin Celery wrappers of the jury: load, hand over to a verb. Each may run twice or late without harm."""

from celery import shared_task

from jury.actions import reminders


@shared_task(name="jury.tasks.remind")
def remind() -> None:
    """Send the jury's reminders that are due."""
    reminders.remind_all()
