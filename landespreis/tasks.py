"""What the worker does for the ground: sending owed mail, forgetting ended sessions, deleting what was released."""

from celery import shared_task
from django.core.management import call_command

from landespreis import mail
from landespreis.records import executing, runs


@shared_task(name=mail.SENDER_TASK)
def send_owed_mail() -> None:
    """Send owed mail until nothing that can be sent is due."""
    while mail.send_owed():
        pass


@shared_task(name="landespreis.tasks.clear_sessions")
def clear_sessions() -> None:
    """Delete sessions that have ended, with the texts kept in them for people who never came back."""
    call_command("clearsessions")


@shared_task(name=runs.TASK)
def carry_out_retention() -> None:
    """Keep packages that are finished, go on with what was released, drop packages of runs that are long done."""
    runs.take_packages()
    executing.carry_out_all()
    executing.forget_packages()
