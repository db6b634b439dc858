"""What the worker does for the ground: mail, messages to groups, sessions that ended, the chain of the journals."""

from celery import shared_task
from django.core.management import call_command

from landespreis import chaining, clock, mail
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


@shared_task(name="landespreis.tasks.link_days")
def link_days() -> None:
    """Chain the days of the journals that are finished; most of the time there is none."""
    chaining.link_days(clock.now())
