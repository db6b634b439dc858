"""What the worker does for the ground: sending the mail that is owed."""

from celery import shared_task

from landespreis import mail


@shared_task(name=mail.SENDER_TASK)
def send_owed_mail() -> None:
    """Send owed mail until nothing that can be sent is due."""
    while mail.send_owed():
        pass
