"""Thin Celery wrappers: load, hand over to a verb. Each may run twice or late without harm."""

from celery import shared_task

from submissions.actions import files, receipts, reminders
from submissions.models import Attachment


@shared_task(name="submissions.tasks.render_owed_receipts")
def render_owed_receipts() -> None:
    """Render whatever is owed: right after a submit, and as the net below that."""
    receipts.fulfil_all()


@shared_task(name="submissions.tasks.scan_file")
def scan_file(pk: str) -> None:
    """Ask the scanner about one file right after its upload."""
    waiting = Attachment.objects.filter(pk=pk, scan=Attachment.Scan.PENDING)
    if attachment := waiting.select_related("submission", "uploaded_by").first():
        files.scan(attachment)


@shared_task(name="submissions.tasks.scan_waiting_files")
def scan_waiting_files() -> None:
    """Ask about every file that still waits."""
    files.scan_waiting()


@shared_task(name="submissions.tasks.remind")
def remind() -> None:
    """Send the reminders that are due."""
    reminders.remind_all()
