"""Verbs on the picture of a proposal: add one, take it off; what nothing shows any more is deleted."""

from typing import IO, Any

from django.core.files.base import File
from django.db import IntegrityError, transaction

from accounts.models import User
from landespreis import inspection
from landespreis.inspection import Examined
from landespreis.refusal import Refused
from portal.actions import pictures
from portal.actions.proposals import gate
from portal.models import Picture, Proposal
from portal.workflow import Act


def add_picture(proposal: Proposal, *, file: "File[Any] | IO[bytes]", alt: str, credit: str, by: User) -> Proposal:
    """Give the proposal a picture: examined, newly encoded, described; it takes the place of the one before.

    The same file again is the picture that is there; its description changes only while nothing else shows it. Raises
    NotAllowed, Refused, Rejected (not a picture, too many pixels) and Unavailable (storage).
    """
    gate.require(Proposal.objects.get(pk=proposal.pk), Act.SAVE, by=by)  # before the work, and again below
    if not alt.strip() or not credit.strip():
        raise Refused("Beschreiben Sie das Bild und nennen Sie, wer es gemacht hat.")
    examined = inspection.examine(file, inspection.Kind.IMAGE)
    picture, is_new = _kept(examined, alt, credit, by=by)
    try:
        return _put(proposal, picture, alt, credit, by=by)
    except BaseException:
        if is_new:
            let_go(picture)
        raise


@transaction.atomic
def remove_picture(proposal: Proposal, *, by: User) -> Proposal:
    """Take the picture off; taking it off again changes nothing. Raises NotAllowed and Refused."""
    fresh, _, _ = gate.enter(proposal, Act.SAVE, by=by)
    before, fresh.picture = fresh.picture, None
    fresh.save(update_fields=["picture"])
    let_go(before)
    return fresh


def _kept(examined: Examined, alt: str, credit: str, *, by: User) -> tuple[Picture, bool]:
    """Return the picture with that content, and whether it is new."""
    known = Picture.objects.filter(sha256=examined.sha256).first()
    if known:
        return known, False
    try:
        return pictures.add(Picture(alt=alt, credit=credit), examined, by=by), True
    except IntegrityError:  # the same file at the same moment, as after a double click
        return Picture.objects.get(sha256=examined.sha256), False


@transaction.atomic
def _put(proposal: Proposal, picture: Picture, alt: str, credit: str, *, by: User) -> Proposal:
    fresh, _, _ = gate.enter(proposal, Act.SAVE, by=by)
    before, fresh.picture = fresh.picture, picture
    fresh.save(update_fields=["picture"])
    if (picture.alt, picture.credit) != (alt, credit) and _is_private(picture, fresh):
        picture.alt, picture.credit = alt, credit
        picture.save(update_fields=["alt", "credit"])
    if before and before != picture:
        let_go(before)
    return fresh


def let_go(picture: Picture | None) -> None:
    """Delete a picture that came with a proposal if nothing shows it any more; an editors' picture stays."""
    if picture is None or picture.added_by is None or picture.added_by.is_staff:
        return
    if not pictures.usages(picture):
        pictures.remove(picture)


def _is_private(picture: Picture, proposal: Proposal) -> bool:
    """Whether a writer may describe the picture anew: it came with a proposal, and only this one shows it."""
    if picture.added_by is None or picture.added_by.is_staff:
        return False
    others = picture.proposals.exclude(pk=proposal.pk).exists() or picture.projects.exists()
    return not others and pictures.usages(picture) == [str(proposal)]
