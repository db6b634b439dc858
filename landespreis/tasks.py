"""What the worker does for the ground: mail, messages, parcels, ended sessions, journals, what goes after its time."""

from celery import shared_task
from django.core.management import call_command

from landespreis import chaining, clock, delivery, mail, packing, sweeping
from landespreis.circulars import actions, dispatch
from landespreis.models import Parcel
from landespreis.records import executing, runs


@shared_task(name=mail.SENDER_TASK)
def send_owed_mail() -> None:
    """Send owed mail until nothing that can be sent is due."""
    while delivery.send_owed():
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


@shared_task(name=packing.PACK)
def pack_parcel(pk: int) -> None:
    """Pack one parcel right after it was asked for."""
    if parcel := Parcel.objects.owed().filter(pk=pk).first():
        packing.fulfil(parcel)


@shared_task(name="landespreis.tasks.pack_owed_parcels")
def pack_owed_parcels() -> None:
    """Pack whatever is still owed: the net below `pack_parcel`."""
    packing.fulfil_all()


@shared_task(name="landespreis.tasks.sweep_files")
def sweep_files() -> None:
    """Remove files that no row names; fails, removing none, when they are suspiciously many."""
    sweeping.sweep()


@shared_task(name="landespreis.tasks.expire_parcels")
def expire_parcels() -> None:
    """Delete the files of parcels that nobody can fetch any more."""
    packing.expire()


@shared_task(name=runs.TASK)
def carry_out_retention() -> None:
    """Keep packages that are finished, go on with what was released, drop packages of runs that are long done."""
    runs.take_packages()
    executing.carry_out_all()
    executing.forget_packages()
