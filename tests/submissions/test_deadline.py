"""Every write path × one second before, at and after both edges of the window; nothing may change outside it."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event as Signal
from typing import Any

import pytest
from django.db import connection, transaction
from PIL import Image
from post_office.models import Email

from landespreis.refusal import TooLate
from submissions.actions import editors, entries, files, gate, handing_in, partners
from submissions.models import (
    Answer,
    Attachment,
    Editor,
    Event,
    Extension,
    Partner,
    Receipt,
    Round,
    Section,
    Submission,
    Variant,
    Version,
)
from tests.accounts.factories import MembershipFactory, MunicipalityFactory, StaffFactory, UserFactory
from tests.conftest import CLOSES, OPENS, SECOND
from tests.submissions import factories

Clock = Callable[[datetime], None]
TABLES = (Submission, Section, Answer, Partner, Attachment, Editor, Version, Receipt, Event, Variant)


class Scene:
    """An entry with everything the verbs below need, prepared while the window is open."""

    def __init__(self, round: Round) -> None:
        self.round = round
        self.entry = factories.submitted(round)
        self.owner = self.entry.owner
        self.partner = self.entry.partners.get()
        self.file = factories.attachment(self.entry)
        self.colleague = factories.editor(self.entry, Editor.Role.EDIT)
        self.editor = self.entry.editors.get(user=self.colleague)
        self.invited = editors.invite(self.entry, email="neu@kommune.example", role="edit", by=self.owner)
        self.joiner = UserFactory()
        self.newcomer = MembershipFactory().user
        self.town = MunicipalityFactory()
        entries.save_section(
            self.entry, "gewinn", {"text": "Erster Stand."}, by=self.colleague, revision=0, sitting="a"
        )
        with pytest.raises(entries.Conflict):
            entries.save_section(self.entry, "gewinn", {"text": "Zweiter."}, by=self.owner, revision=0, sitting="b")

    def picture(self) -> io.BytesIO:
        buffer = io.BytesIO()
        Image.new("RGB", (4, 4)).save(buffer, "PNG")
        buffer.seek(0)
        return buffer


WRITE_PATHS: dict[str, Callable[[Scene], Any]] = {
    "start": lambda s: entries.start(s.round, by=s.newcomer),
    "save a text": lambda s: entries.save_section(
        s.entry, "innovation", {"text": "Neu."}, by=s.owner, revision=0, sitting="x"
    ),
    "save facts": lambda s: entries.save_section(
        s.entry, "titel", {"title": "Anders"}, by=s.owner, revision=0, sitting="x"
    ),
    "decide between two texts": lambda s: entries.decide_variant(
        s.entry, "gewinn", {"text": "Zusammen."}, by=s.owner, revision=1, sitting="x"
    ),
    "add a partner": lambda s: partners.add(s.entry, by=s.owner, municipality=s.town),
    "remove a partner": lambda s: partners.remove(s.partner, by=s.owner),
    "upload": lambda s: files.add(s.entry, s.picture(), name="bild.png", size=90, kind="bild", by=s.owner),
    "describe an image": lambda s: files.describe(s.file, alt="Pegel", rights="Stadt", by=s.owner),
    "delete a file": lambda s: files.remove(s.file, by=s.owner),
    "invite": lambda s: editors.invite(s.entry, email="spaet@kommune.example", role="edit", by=s.owner),
    "accept an invitation": lambda s: editors.accept(s.invited, by=s.joiner),
    "change a role": lambda s: editors.change_role(s.editor, role="read", by=s.owner),
    "remove an editor": lambda s: editors.remove(s.editor, by=s.owner),
    "hand over": lambda s: entries.hand_over(s.entry, to=s.colleague, by=s.owner),
    "submit": lambda s: factories.submit(s.entry),
    "withdraw": lambda s: handing_in.withdraw(s.entry, by=s.owner),
    "reset": lambda s: handing_in.reset(s.entry, by=s.owner),
}


def snapshot() -> list[list[tuple[Any, ...]]]:
    return [list(table.objects.order_by("pk").values_list()) for table in TABLES]


@pytest.fixture
def scene(open_round: Round) -> Scene:
    return Scene(open_round)


@pytest.mark.parametrize("path", WRITE_PATHS)
@pytest.mark.parametrize("moment", [OPENS - SECOND, CLOSES, CLOSES + SECOND])
def test_write_outside_the_window_changes_nothing(scene: Scene, at: Clock, path: str, moment: datetime) -> None:
    before = snapshot()
    at(moment)

    with pytest.raises(TooLate):
        WRITE_PATHS[path](scene)

    assert snapshot() == before


@pytest.mark.parametrize("path", WRITE_PATHS)
@pytest.mark.parametrize("moment", [OPENS, OPENS + SECOND, CLOSES - SECOND])
def test_write_inside_the_window_is_done(scene: Scene, at: Clock, path: str, moment: datetime) -> None:
    before = snapshot()
    at(moment)

    WRITE_PATHS[path](scene)

    assert snapshot() != before


@pytest.mark.parametrize("path", [path for path in WRITE_PATHS if path != "start"])
@pytest.mark.parametrize(
    ("offset", "allowed"), [(-SECOND, True), (timedelta(), False), (SECOND, False)], ids=["before", "at", "after"]
)
def test_write_with_an_extension(scene: Scene, at: Clock, path: str, offset: timedelta, allowed: bool) -> None:
    until = CLOSES + timedelta(days=1)
    Submission.objects.filter(pk=scene.entry.pk).update(extended_until=until)
    scene.entry.refresh_from_db()
    before = snapshot()
    at(until + offset)

    if allowed:
        WRITE_PATHS[path](scene)
    else:
        with pytest.raises(TooLate):
            WRITE_PATHS[path](scene)

    assert (snapshot() != before) is allowed


@pytest.mark.parametrize("path", WRITE_PATHS)
def test_rollback_takes_event_and_mail_along(scene: Scene, path: str) -> None:
    before = snapshot(), Email.objects.count()

    @transaction.atomic
    def write_then_fail() -> None:
        WRITE_PATHS[path](scene)
        assert Event.objects.count() > len(before[0][TABLES.index(Event)])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_then_fail()

    assert (snapshot(), Email.objects.count()) == before


def waiting_to(write: Callable[[], Any], asked: Signal) -> Exception | None:
    """Write with a connection of its own; `asked` is set when it asks for the lock. Return its refusal."""

    def tell(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "FOR NO KEY UPDATE" in sql or sql.startswith("BEGIN"):
            asked.set()
        return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(tell):
            write()
    except TooLate as refusal:
        return refusal
    finally:
        connection.close()
    return None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", [path for path in WRITE_PATHS if path != "start"])
def test_write_that_waits_for_the_lock_past_closing_changes_nothing(scene: Scene, at: Clock, path: str) -> None:
    """It asks in time, one second before closing, and gets the lock when it is too late: then it is too late."""
    before = snapshot()
    at(CLOSES - SECOND)
    asked = Signal()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            gate.lock(scene.entry)
            written = pool.submit(waiting_to, lambda: WRITE_PATHS[path](scene), asked)
            assert asked.wait(60)
            at(CLOSES)
        refusal = written.result(timeout=60)

    assert isinstance(refusal, TooLate)
    assert snapshot() == before


@pytest.mark.django_db(transaction=True)
def test_write_that_waits_for_the_lock_in_time_is_done(scene: Scene, at: Clock) -> None:
    at(CLOSES - 2 * SECOND)
    asked = Signal()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            gate.lock(scene.entry)
            written = pool.submit(waiting_to, lambda: WRITE_PATHS["withdraw"](scene), asked)
            assert asked.wait(60)
            at(CLOSES - SECOND)
        refusal = written.result(timeout=60)

    assert refusal is None
    assert Submission.objects.get(pk=scene.entry.pk).status == "withdrawn"


def test_extend_reopens_after_closing(scene: Scene, at: Clock) -> None:
    office = StaffFactory(superuser=True)
    at(CLOSES + SECOND)

    entries.extend(scene.entry, until=CLOSES + timedelta(hours=2), reason="Stromausfall im Rathaus", by=office)

    assert Extension.objects.get().reason == "Stromausfall im Rathaus"
    assert factories.submit(Submission.objects.get(pk=scene.entry.pk)).number == 2
