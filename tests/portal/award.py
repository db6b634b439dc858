"""Entries of the award for tests of their way into the directory: submitted with consent, admitted, decided."""

import hashlib
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.models import User
from jury.models import Decision
from landespreis import clock
from portal.actions import adoption
from portal.models import Project
from submissions.models import Attachment, Round, Submission
from tests.accounts.factories import StaffFactory
from tests.jury import decided
from tests.jury import factories as jury
from tests.portal import factories as content
from tests.submissions import factories


def entry(round: Round, *, consent: bool = True, images: int = 0, **fields: Any) -> Submission:
    """Return an admitted entry, submitted at the current clock, with or without consent to publication."""
    draft = factories.complete(round, **fields)
    for number in range(images):
        image(draft, number)
    factories.submit(draft, publication=consent)
    Submission.objects.filter(pk=draft.pk).update(formal_check=Submission.Check.ADMITTED)
    return Submission.objects.get(pk=draft.pk)


def image(entry: Submission, number: int = 0) -> Attachment:
    """Add an image to an entry whose bytes lie in private storage; each number has a colour of its own."""
    data = content.jpeg(640, 400, (20, 90, 40 * number))
    file = Attachment(
        submission=entry,
        kind=Attachment.Kind.IMAGE,
        name=f"bild-{number}.jpg",
        mimetype="image/jpeg",
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        width=640,
        height=400,
        alt=f"Pegel [Nummer {number}] am Ufer",
        rights="Stadt Soest",
        scan=Attachment.Scan.CLEAN,
        uploaded_at=clock.now() + timedelta(seconds=number),
        uploaded_by=entry.owner,
    )
    file.file.name = default_storage.save(f"einreichungen/{entry.pk}/{file.pk}.jpg", ContentFile(data))
    file.save()
    return file


def office() -> User:
    """Return somebody who may take entries over."""
    user: User = StaffFactory(superuser=True)
    return user


def copied(entry: Submission) -> Project:
    return adoption.adopt(entry, by=office())


def decide(round: Round, category: str, winner: Submission | None, *, locked: bool = True) -> Decision:
    """Let the jury decide a category, the first of a test with `jury.panel`."""
    jurors = list(round.seats.get(is_chair=True).jurors.all()) if round.seats.exists() else jury.panel(round)
    session = decided.opened(round.categories.get(key=category))
    return decided.decide(session, jurors[0], winner, locked=locked)
