"""What the worker does for the portal."""

from celery import shared_task

from portal.actions import inquiries


@shared_task(name="portal.tasks.forget_inquiries")
def forget_inquiries() -> None:
    """Delete messages that were settled long ago, with the personal data in them."""
    inquiries.forget_settled()
