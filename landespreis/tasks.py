"""What the worker does for the ground: mail that is owed, messages to groups, forgetting sessions that ended."""

from celery import shared_task
from django.core.management import call_command

from landespreis import mail
from landespreis.circulars import actions, dispatch


@shared_task(name=mail.SENDER_TASK)
def send_owed_mail() -> None:
    """Send owed mail until nothing that can be sent is due."""
    while mail.send_owed():
        pass


@shared_task(name=actions.SENDER_TASK)
def send_circulars() -> None:
    """Owe the mails of messages that are released."""
    dispatch.send()


@shared_task(name="landespreis.tasks.clear_sessions")
def clear_sessions() -> None:
    """Delete sessions that have ended, with the texts kept in them for people who never came back."""
    call_command("clearsessions")
