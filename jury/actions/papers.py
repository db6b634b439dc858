"""Verbs on papers: owe them, render what is owed, forget a dossier whose juror may not read all of it any more."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from pikepdf import Pdf

from accounts.models import User
from jury import certificate, dossier, letter, minutes
from jury import sight as sights
from jury.actions import gate
from jury.models import Decision, Juror, Letter, Paper, Session
from jury.sight import Sight
from landespreis import clock, drift, files, persevering, queue
from landespreis.refusal import Refused
from submissions.models import Category, Submission

log = logging.getLogger(__name__)

RENDER = "jury.tasks.render_paper"
RENDER_OWED = "jury.tasks.render_owed_papers"
FORGET_HIDDEN = "jury.tasks.forget_hidden_dossiers"
CHUNK = 1024 * 1024
NOTHING_TO_READ = (
    "In dieser Kategorie gibt es noch keine Einreichung, die Sie lesen. Erklären Sie zuerst zu einer Einreichung, dass "
    "Sie nicht befangen sind; dann steht sie im Dossier."
)


class Lost(Exception):
    """Another worker has taken the paper over, or it is owed no more."""


@dataclass
class Claim:
    """A worker's hold on an owed paper. It ends by itself when the worker is silent for too long."""

    paper: Paper
    at: datetime = field(default_factory=drift.now)

    def renew(self, **values: int) -> None:
        """Note how far the work is and hold on; raises Lost when somebody else holds the paper by now."""
        now = drift.now()
        if not self.settle(claimed_at=now, **values):
            raise Lost
        self.at = now

    def settle(self, **values: object) -> int:
        """Write `values` if the paper is still owed and held; return 1 or 0."""
        return Paper.objects.owed().filter(pk=self.paper.pk, claimed_at=self.at).update(**values)


@dataclass(frozen=True)
class Made:
    """A rendered paper: its file on disk, and what of it is noted."""

    file: Path
    pages: int
    held: dossier.Content


def owe_decided(session: Session) -> None:
    """Owe minutes and certificates, and draft the letters, of a decision that has just been locked.

    Call it inside the locking transaction; a second call owes nothing twice.
    """
    category = session.category
    decision = Decision.objects.select_related("session__category").get(session=session)
    rows = Submission.objects.admitted().filter(submitted_category=category).select_related("round", "submitted_lead")
    entries = list(rows.order_by("number"))
    owed = [Paper(kind=Paper.Kind.MINUTES, category=category)]
    owed += [Paper(kind=Paper.Kind.CERTIFICATE, category=category, submission=entry) for entry in entries]
    Paper.objects.bulk_create(owed, ignore_conflicts=True)
    Letter.objects.bulk_create([letter.draft(entry, decision) for entry in entries], ignore_conflicts=True)
    queue.nudge(RENDER_OWED)


@transaction.atomic
def request_dossier(category: Category, *, by: User) -> Paper:
    """Owe the dossier of `category` to the juror `by`, and return it.

    Asking twice is asking once: one that is in work or up to date stays as it is. One that is out of date is thrown
    away and owed anew; one that failed is tried again at once. Raises NotAllowed, and Refused while there is nothing
    this juror may read.
    """
    sight = gate.sight_of(by)
    held = dossier.content(sight, category)
    if not held:
        raise Refused(NOTHING_TO_READ, title="Das Dossier wäre leer")
    paper, fresh = Paper.objects.get_or_create(
        kind=Paper.Kind.DOSSIER, category=category, juror=sight.juror, defaults={"total": len(held)}
    )
    paper = Paper.objects.select_for_update(of=("self",)).get(pk=paper.pk)
    if paper.rendered_at and paper.content_key != dossier.key(held):
        _drop_file(paper)
        paper.rendered_at, paper.file, paper.size, paper.pages = None, "", 0, 0
        paper.owed_at, paper.content_key, paper.entries, paper.attempts = timezone.now(), "", [], 0
        fresh = True
    if fresh or (paper.error and not paper.rendered_at):
        paper.claimed_at, paper.error, paper.done, paper.total = None, "", 0, len(held)
        paper.save()
        queue.nudge(RENDER, paper.pk)
    return paper


def fulfil(paper: Paper) -> bool:
    """Render an owed paper and keep the PDF; return whether this call did it.

    The claim is a conditional UPDATE, so of several workers one renders; progress renews it. A worker that dies leaves
    the paper owed. On the clock that all hosts share, which no demo shifts.
    """
    claim = Claim(paper)
    if not Paper.objects.free().filter(pk=paper.pk).update(claimed_at=claim.at, attempts=F("attempts") + 1, done=0):
        return False
    related = ("category__round", "juror__seat__round", "juror__user", "submission__round", "submission__current")
    claim.paper = Paper.objects.select_related(*related).get(pk=paper.pk)
    try:
        with TemporaryDirectory(prefix="landespreis-") as folder:
            return _keep(claim, _make(claim, Path(folder)))
    except Lost:
        return False
    except Exception as error:  # whatever it is: it stays owed, shows in the admin, and a later sweep tries again
        log.exception("paper %s not fulfilled", paper.pk)
        claim.settle(error=f"{type(error).__name__}: {error}")
        return False


def fulfil_all(limit: int = 100) -> int:
    """Fulfil what is owed and nobody works on, oldest first; return how many this call did."""
    return sum(fulfil(paper) for paper in Paper.objects.free().order_by("owed_at", "pk")[:limit])


def forget_hidden() -> int:
    """Delete every dossier that holds an entry its juror may not read now; return how many.

    Whoever asks for one is refused at once, whether this has run or not.
    """
    kept = Paper.objects.filter(kind=Paper.Kind.DOSSIER, rendered_at__isnull=False)
    rows = kept.select_related("category__round", "juror__seat__round", "juror__user").order_by("pk")
    return persevering.each(rows, forget_if_hidden)


def forget_if_hidden(paper: Paper) -> bool:
    return hides(paper, serving(paper.juror)) and forget(paper)


def hides(paper: Paper, sight: Sight | None) -> bool:
    """Whether a dossier holds an entry that must not be read through `sight` now; without sight it always does."""
    if sight is None:
        return True
    return not set(paper.entries) <= {str(pk) for pk in dossier.content(sight, paper.category)}


def forget(paper: Paper) -> bool:
    """Delete a dossier with its file, unless it has become another one meanwhile; return whether it did."""
    with transaction.atomic():
        gone, _ = Paper.objects.filter(pk=paper.pk, kind=Paper.Kind.DOSSIER, content_key=paper.content_key).delete()
        if gone:
            _drop_file(paper)
    return bool(gone)


def serving(juror: Juror | None) -> Sight | None:
    """Return what a juror may see, or None once they no longer serve or their account has changed its role."""
    fresh = (
        Juror.objects.confirmed().filter(pk=juror.pk).select_related("seat__round", "user").first() if juror else None
    )
    if fresh is None or fresh.user is None or not sights.permissible(fresh.user):
        return None
    return sights.of_juror(fresh)


def _make(claim: Claim, folder: Path) -> Made:
    paper = claim.paper
    if paper.kind == Paper.Kind.DOSSIER:
        return _dossier(claim, folder)
    session = Session.objects.select_related("category__round", "opened_by").get(category=paper.category)
    if paper.kind == Paper.Kind.MINUTES:
        content = minutes.render(session, clock.now())
    else:
        assert paper.submission is not None
        content = certificate.render(paper.submission, Decision.objects.get(session=session))
    file = folder / "paper.pdf"
    file.write_bytes(content)
    with Pdf.open(BytesIO(content)) as document:
        return Made(file, len(document.pages), {})


def _dossier(claim: Claim, folder: Path) -> Made:
    paper = claim.paper
    sight = serving(paper.juror)
    held = dossier.content(sight, paper.category) if sight else {}
    if sight is None or not held:
        Paper.objects.owed().filter(pk=paper.pk, claimed_at=claim.at).delete()
        raise Lost
    claim.renew(total=len(held))
    file, pages = dossier.write(sight, paper.category, held, folder, lambda done: claim.renew(done=done))
    return Made(file, pages, held)


def _keep(claim: Claim, made: Made) -> bool:
    """Note path and content in one transaction; without that nothing of the file is left."""
    paper = claim.paper
    path = files.store(f"jury/{paper.kind}/{paper.pk}-{uuid4().hex}.pdf", _chunks(made.file))
    done = False
    try:
        with transaction.atomic():
            if paper.kind == Paper.Kind.DOSSIER and _changed(paper, made.held):
                claim.settle(claimed_at=None, done=0)
                return False
            done = bool(
                claim.settle(
                    rendered_at=timezone.now(), file=path, size=made.file.stat().st_size, pages=made.pages, error="",
                    done=F("total"), entries=[str(pk) for pk in made.held],
                    content_key=dossier.key(made.held) if made.held else "",
                )
            )  # fmt: skip
    finally:
        if not done:
            default_storage.delete(path)
    return done


def _changed(paper: Paper, held: dossier.Content) -> bool:
    """Whether the juror lost sight of something while it was being printed: then it is printed again."""
    sight = serving(paper.juror)
    return sight is None or not held.keys() <= dossier.content(sight, paper.category).keys()


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while chunk := source.read(CHUNK):
            yield chunk


def _drop_file(paper: Paper) -> None:
    if path := paper.file.name:
        transaction.on_commit(lambda: default_storage.delete(path))
