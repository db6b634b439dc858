"""The dossier of 75 entries as the worker makes it: time, pages, memory, and how memory grows with their number."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from threading import Event, Thread

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from pikepdf import Pdf
from PIL import Image, ImageFilter

from accounts.models import User
from bench import entries
from bench.entries import Extent
from bench.figures import Figure, at_most, holds
from jury.actions import papers
from jury.models import Clearance, Juror, Paper, Seat
from landespreis import clock
from submissions.actions import handing_in
from submissions.models import Attachment, Category, Round, Submission

ENTRIES, QUICK = 75, 6
PICTURE = (1800, 1200)
MOST_MEGABYTES = 150
"""What a worker may need more for 75 entries than for 6."""


def measure(*, quick: bool) -> list[Figure]:
    """Let the worker make a dossier of few entries, then one of all."""
    round = entries.open_round()
    clock.set_now(round.closes_at - entries.BEFORE_CLOSE)
    juror, category = _juror(round), round.categories.all()[0]
    rows = _admitted(round, QUICK if quick else ENTRIES)
    assert round.scoring_opens_at
    clock.set_now(round.scoring_opens_at + timedelta(days=1))
    few = _make(juror, category, rows[:QUICK])
    if quick:
        return list(_figures(few, few))
    return list(_figures(few, _make(juror, category, rows)))


class Run:
    """What one dossier took."""

    def __init__(self, entries: int) -> None:
        self.entries = entries
        self.seconds = self.cpu = self.peak = 0.0
        self.pages = self.size = self.marks = 0
        self.progress: list[int] = []


def _figures(few: Run, many: Run) -> Iterator[Figure]:
    yield Figure(f"seconds for {many.entries} entries, wall / CPU", f"{many.seconds:.0f} / {many.cpu:.0f}")
    yield Figure("CPU seconds per entry", f"{many.cpu / many.entries:.2f}")
    yield Figure("pages and size", f"{many.pages} pages, {many.size / 1_000_000:.0f} MB")
    yield holds("bookmarks of entries", many.marks == many.entries, str(many.marks), str(many.entries))
    steps = len(set(many.progress))
    yield Figure("different values of progress that somebody asking every 0.1 s saw", f"{steps} of {many.entries + 1}")
    yield Figure(
        f"MB of the worker at most, {few.entries} / {many.entries} entries", f"{few.peak:.0f} / {many.peak:.0f}"
    )
    yield at_most(f"MB more for {many.entries} entries than for {few.entries}", many.peak - few.peak, MOST_MEGABYTES)


def _make(juror: Juror, category: Category, rows: list[Submission]) -> Run:
    Clearance.objects.all().delete()
    Paper.objects.all().delete()
    Clearance.objects.bulk_create(Clearance(juror=juror, submission=row, at=clock.now()) for row in rows)
    assert juror.user
    paper = papers.request_dossier(category, by=juror.user)
    run = Run(len(rows))
    begin, cpu = time.perf_counter(), time.process_time()
    with _watched(run):
        if not papers.fulfil(paper):
            raise RuntimeError(Paper.objects.get().error)
    run.seconds, run.cpu = time.perf_counter() - begin, time.process_time() - cpu
    paper = Paper.objects.get()
    run.pages, run.size = paper.pages, paper.size
    with paper.file.open("rb") as file, Pdf.open(BytesIO(file.read())) as book, book.open_outline() as outline:
        run.marks = sum(bool(re.match(r"IKZ-\d", item.title)) for item in outline.root)
    return run


@contextmanager
def _watched(run: Run) -> Iterator[None]:
    """Read resident memory and the paper's progress ten times a second meanwhile."""
    over = Event()

    def look() -> None:
        while not over.wait(0.1):
            run.peak = max(run.peak, _resident())
            run.progress += Paper.objects.values_list("done", flat=True)
        connection.close()

    watching = Thread(target=look)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


def _juror(round: Round) -> Juror:
    user = User.objects.create(email="jury@institution.example", name="Dr. Henrike Wessling", password=entries.UNUSABLE)
    seat = Seat.objects.filter(round=round).first() or Seat.objects.create(
        round=round, key="bank", institution="Institution", short_name="Bank", position=1
    )
    now = clock.now()
    return Juror.objects.create(
        seat=seat, user=user, name=user.name, email=user.email, since=now.date(), invited_at=now, confirmed_at=now,
        notice_accepted_at=now,
    )  # fmt: skip


def _admitted(round: Round, count: int) -> list[Submission]:
    """Return that many entries of one category with texts of believable length and a picture each."""
    rows = entries.drafts(round, entries.towns()[:count], Extent())
    for number, image in enumerate(Attachment.objects.filter(kind="bild", submission__in=rows)):
        image.file.name = default_storage.save(f"bench/{number}.jpg", ContentFile(_picture(number)))
        image.save(update_fields=["file"])
    declared = dict.fromkeys(handing_in.REQUIRED_DECLARATIONS, True)
    for row in rows:
        handing_in.submit(row, by=row.owner, declarations=declared)
    Submission.objects.filter(pk__in=[row.pk for row in rows]).update(formal_check="admitted")
    return list(Submission.objects.filter(pk__in=[row.pk for row in rows]).order_by("number"))


def _picture(number: int) -> bytes:
    """Return a photo-like JPEG: soft noise, so that it neither shrinks to nothing nor stays as large as it can be."""
    ground = Image.effect_noise((PICTURE[0] // 6, PICTURE[1] // 6), 40 + number % 20).convert("RGB")
    target = BytesIO()
    ground.resize(PICTURE).filter(ImageFilter.GaussianBlur(2)).save(target, "JPEG", quality=88)
    return target.getvalue()
