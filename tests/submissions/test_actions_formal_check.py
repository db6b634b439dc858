"""The formal check: every state × act, who may, when, what is journalled and mailed, and beside the jury's decision."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from threading import Event as Signal
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from post_office.models import Email

from accounts.models import User
from jury.actions import gate
from jury.models import Assessment, JuryEvent
from landespreis import clock, wording
from landespreis.refusal import MailChanged, NotAllowed, Refused
from submissions import workflow
from submissions.actions import entries, formal_check, handing_in, receipts, reversing
from submissions.actions.ruling import Ruling
from submissions.models import Category, Editor, Event, Round, Submission
from submissions.turns import Queue
from submissions.workflow import CheckAct
from tests.accounts.factories import StaffFactory
from tests.conftest import CLOSES, SECOND
from tests.jury import factories as jury
from tests.submissions import factories
from tests.submissions.test_actions_handing_in import together

Clock = Callable[[datetime], None]
Check = Submission.Check
EXPECTED = {
    (Check.OPEN, CheckAct.ADMIT): Check.ADMITTED,
    (Check.OPEN, CheckAct.EXCLUDE): Check.EXCLUDED,
    (Check.OPEN, CheckAct.REOPEN): None,
    (Check.ADMITTED, CheckAct.ADMIT): None,
    (Check.ADMITTED, CheckAct.EXCLUDE): Check.EXCLUDED,
    (Check.ADMITTED, CheckAct.REOPEN): Check.OPEN,
    (Check.EXCLUDED, CheckAct.ADMIT): None,
    (Check.EXCLUDED, CheckAct.EXCLUDE): None,
    (Check.EXCLUDED, CheckAct.REOPEN): Check.OPEN,
    (Check.RETURNED, CheckAct.ADMIT): Check.ADMITTED,
    (Check.RETURNED, CheckAct.EXCLUDE): Check.EXCLUDED,
    (Check.RETURNED, CheckAct.REOPEN): Check.OPEN,
    (Check.OPEN, CheckAct.HAND_BACK): Check.RETURNED,
    (Check.ADMITTED, CheckAct.HAND_BACK): None,
    (Check.EXCLUDED, CheckAct.HAND_BACK): None,
    (Check.RETURNED, CheckAct.HAND_BACK): None,
    (Check.OPEN, CheckAct.CORRECT): None,
    (Check.ADMITTED, CheckAct.CORRECT): None,
    (Check.EXCLUDED, CheckAct.CORRECT): Check.OPEN,
    (Check.RETURNED, CheckAct.CORRECT): Check.OPEN,
    # To undo is `workflow.undone`, and a withdrawal leaves the check as it is: neither is a step of the table.
    **{(check, act): None for check in Check for act in (CheckAct.UNDO, CheckAct.WITHDRAW)},
}
LATER = CLOSES + timedelta(days=7)
VERBS: dict[CheckAct, Callable[[Submission, User], Any]] = {
    CheckAct.ADMIT: lambda entry, by: formal_check.admit(entry, by=by),
    CheckAct.EXCLUDE: lambda entry, by: formal_check.exclude(entry, by=by, reason="Nur eine Kommune"),
    CheckAct.REOPEN: lambda entry, by: formal_check.reopen(entry, by=by, reason="Nachweis kam"),
    CheckAct.HAND_BACK: lambda entry, by: formal_check.hand_back(entry, by=by, until=LATER, reason="Seite 2 fehlt"),
}
ALL: dict[str, Callable[[Submission, User], Any]] = {
    **{act.value: verb for act, verb in VERBS.items()},
    "withdraw": lambda entry, by: formal_check.withdraw_on_request(entry, by=by, reason="Anruf der Bürgermeisterin"),
}
WITH_REASON: dict[str, Callable[..., Any]] = {
    "exclude": formal_check.exclude,
    "reopen": formal_check.reopen,
    "hand_back": partial(formal_check.hand_back, until=LATER),
    "withdraw": formal_check.withdraw_on_request,
}


@pytest.fixture
def office(db: None) -> User:
    user: User = StaffFactory(superuser=True)
    return user


@pytest.fixture
def entry(open_round: Round, at: Clock) -> Submission:
    """A submitted entry, its deadline just past."""
    made = factories.submitted(open_round)
    at(CLOSES)
    return made


def put(entry: Submission, **fields: Any) -> None:
    Submission.objects.filter(pk=entry.pk).update(**fields)


def ready(entry: Submission, verb: str) -> Submission:
    """Bring `entry` into a state in which that verb is possible."""
    put(entry, formal_check=Check.ADMITTED if verb == "reopen" else Check.OPEN)
    return Submission.objects.get(pk=entry.pk)


# State × act -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", Check)
@pytest.mark.parametrize("act", CheckAct)
def test_checked_for_every_pair(check: Check, act: CheckAct) -> None:
    expected = EXPECTED[check, act]

    if expected is None:
        with pytest.raises(Refused, match=check.label):
            workflow.checked(check, act)
    else:
        assert workflow.checked(check, act) == expected


@pytest.mark.parametrize("check", Check)
@pytest.mark.parametrize("act", VERBS)
def test_verb_for_every_pair(entry: Submission, office: User, check: Check, act: CheckAct) -> None:
    put(entry, formal_check=check)
    expected, before = EXPECTED[check, act], Event.objects.count()

    if expected is None:
        with pytest.raises(Refused):
            VERBS[act](entry, office)
    else:
        VERBS[act](entry, office)

    assert Submission.objects.get().formal_check == (expected or check)
    assert Event.objects.count() == before + (expected is not None)


@pytest.mark.parametrize("verb", ALL)
@pytest.mark.parametrize("status", [Submission.Status.DRAFT, Submission.Status.WITHDRAWN])
def test_verb_needs_a_submitted_entry(
    open_round: Round, entry: Submission, office: User, verb: str, status: str
) -> None:
    if status == Submission.Status.DRAFT:
        entry = factories.draft(open_round)
    else:
        put(entry, status=status)

    with pytest.raises(Refused, match="eingereicht und nicht zurückgezogen"):
        ALL[verb](entry, office)


def test_withdrawal_sends_the_mail_that_was_seen_at_another_moment_or_none(
    entry: Submission, office: User, at: Clock
) -> None:
    shown = reversing.withdrawal(entry, by=office, at=CLOSES)
    at(CLOSES + timedelta(hours=3))
    withdrawing = Ruling(CheckAct.WITHDRAW, "Anruf")

    colleague = factories.editor(entry, "read")
    with pytest.raises(MailChanged):
        formal_check.decide(entry, withdrawing, by=office, seen=shown.mark)
    Editor.objects.filter(user=colleague).delete()
    formal_check.decide(entry, withdrawing, by=office, seen=shown.mark)

    assert Submission.objects.get().status == "withdrawn"
    assert "03:00:00 Uhr" in Email.objects.get().message


# Who and when ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ALL)
@pytest.mark.parametrize("who", ["owner", "staff", "Redaktion"])
def test_verb_is_for_the_office(entry: Submission, verb: str, who: str) -> None:
    call_command("load_roles", verbosity=0)
    by = entry.owner if who == "owner" else StaffFactory()
    if who == "Redaktion":
        by.groups.add(Group.objects.get(name=who))

    with pytest.raises(NotAllowed, match="Geschäftsstelle"):
        ALL[verb](ready(entry, verb), by)


@pytest.mark.parametrize("verb", ALL)
def test_verb_may_be_done_by_the_role_geschaeftsstelle(entry: Submission, verb: str) -> None:
    call_command("load_roles", verbosity=0)
    by = StaffFactory()
    by.groups.add(Group.objects.get(name="Geschäftsstelle"))

    ALL[verb](ready(entry, verb), by)

    assert Event.objects.latest("pk").by == by


@pytest.mark.parametrize(("offset", "refused"), [(-SECOND, True), (0 * SECOND, False), (SECOND, False)])
def test_admit_only_once_the_own_deadline_is_past(
    entry: Submission, office: User, at: Clock, offset: Any, refused: bool
) -> None:
    until = CLOSES + 60 * SECOND
    put(entry, extended_until=until)
    at(until + offset)

    if refused:
        with pytest.raises(Refused, match="Frist dieser Einreichung läuft noch"):
            formal_check.admit(entry, by=office)
    else:
        assert formal_check.admit(entry, by=office).formal_check == Check.ADMITTED


@pytest.mark.parametrize("verb", ALL)
def test_verb_is_refused_once_the_category_is_decided(entry: Submission, office: User, verb: str) -> None:
    entry = ready(entry, verb)
    Category.objects.filter(pk=entry.submitted_category_id).update(decided_at=CLOSES)
    before = Event.objects.count()

    with pytest.raises(Refused, match="hat diese Kategorie entschieden"):
        ALL[verb](entry, office)

    assert Event.objects.count() == before


@pytest.mark.parametrize("verb", ALL)
def test_verb_asks_about_the_category_that_was_handed_in(
    open_round: Round, entry: Submission, office: User, verb: str
) -> None:
    other = open_round.categories.get(key="umwelt")
    put(entry, category=other)
    Category.objects.filter(pk=other.pk).update(decided_at=CLOSES)

    ALL[verb](ready(entry, verb), office)

    assert Event.objects.latest("pk").by == office


@pytest.mark.parametrize("verb", WITH_REASON)
@pytest.mark.parametrize("reason", ["", " \n "])
def test_verb_needs_a_reason(entry: Submission, office: User, verb: str, reason: str) -> None:
    with pytest.raises(Refused, match="Grund"):
        WITH_REASON[verb](ready(entry, verb), by=office, reason=reason)

    assert not Event.objects.filter(by=office).exists()


# What follows ----------------------------------------------------------------------------------------


def test_admit_is_journalled_with_its_version_and_mails_nobody(entry: Submission, office: User) -> None:
    formal_check.admit(entry, by=office)

    event = Event.objects.latest("pk")
    assert (event.verb, event.by, event.version, event.detail) == (
        "admitted",
        office,
        entry.current,
        {"before": "open", "told": False},
    )
    assert not Email.objects.exists()


def test_exclude_mails_the_reason_to_owner_and_editors(entry: Submission, office: User) -> None:
    colleague = factories.editor(entry, Editor.Role.READ)

    formal_check.exclude(entry, by=office, reason=" Nur eine Kommune ")

    mails = list(Email.objects.order_by("pk"))
    assert [mail.to for mail in mails] == [[entry.owner.email], [colleague.email]]
    assert "Nur eine Kommune" in mails[0].message
    assert Event.objects.latest("pk").detail == {"before": "open", "told": True, "reason": "Nur eine Kommune"}


@pytest.mark.parametrize("in_time", [True, False])
def test_exclude_says_in_time_that_it_can_still_be_mended(
    open_round: Round, office: User, at: Callable[[datetime], None], in_time: bool
) -> None:
    entry = factories.submitted(open_round)
    at(CLOSES - SECOND if in_time else CLOSES)

    formal_check.exclude(entry, by=office, reason="Nur eine Kommune beteiligt")

    mail = Email.objects.get(to=entry.owner.email, subject__startswith="Ausgeschlossen")
    said = f"bis {wording.deadline(CLOSES)} noch einmal ein"
    assert (said in mail.message, said in mail.html_message) == (in_time, in_time)


def test_exclude_names_the_frozen_title(entry: Submission, office: User) -> None:
    put(entry, title="Seitdem geändert")

    formal_check.exclude(entry, by=office, reason="x")

    assert "PegelVerbund Hellweg" in Email.objects.get().message
    assert "Seitdem geändert" not in Email.objects.get().message


def test_reopen_is_journalled_and_mails_nobody(entry: Submission, office: User) -> None:
    formal_check.reopen(ready(entry, "reopen"), by=office, reason="Nachweis kam")

    event = Event.objects.latest("pk")
    assert (event.verb, event.detail) == ("check_reopened", {"reason": "Nachweis kam"})
    assert not Email.objects.exists()


def test_withdraw_on_request_says_who_did_it_for_whom(entry: Submission, office: User) -> None:
    withdrawn = formal_check.withdraw_on_request(entry, by=office, reason="Anruf der Bürgermeisterin")

    event = Event.objects.latest("pk")
    assert (withdrawn.status, event.verb, event.by) == ("withdrawn", "withdrawn", office)
    assert event.detail == {"reason": "Anruf der Bürgermeisterin"}
    assert f"{office.name} (Geschäftsstelle)" in Email.objects.get().message
    assert "können Sie sie wieder einreichen" not in Email.objects.get().message


@pytest.mark.parametrize("check", [Check.ADMITTED, Check.EXCLUDED])
def test_what_was_withdrawn_by_mistake_comes_back_and_is_checked_anew(
    entry: Submission, office: User, check: str
) -> None:
    put(entry, formal_check=check)
    formal_check.withdraw_on_request(entry, by=office, reason="Anruf, aber aus einer anderen Kommune")

    entries.extend(entry, until=LATER, reason="Irrtümlich zurückgezogen", by=office)
    factories.submit(entry)

    back = Submission.objects.get()
    assert (back.status, back.formal_check, back.number) == ("submitted", Check.OPEN, entry.number)
    verbs = list(Event.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs[-4:] == ["withdrawn", "check_reopened", "extended", "submitted"]
    assert formal_check.exclude(back, by=office, reason="Nur eine Kommune").formal_check == Check.EXCLUDED


def test_what_was_withdrawn_does_not_come_back_once_the_jury_has_decided(entry: Submission, office: User) -> None:
    put(entry, formal_check=Check.ADMITTED)
    formal_check.withdraw_on_request(entry, by=office, reason="Anruf der Bürgermeisterin")
    Category.objects.update(decided_at=CLOSES)

    with pytest.raises(Refused, match="Jury hat diese Kategorie entschieden"):
        entries.extend(entry, until=LATER, reason="Irrtümlich zurückgezogen", by=office)

    assert Submission.objects.get().formal_check == Check.ADMITTED


@pytest.mark.parametrize("verb", ["exclude", "withdraw"])
def test_verb_keeps_sheets_of_the_jury(entry: Submission, office: User, verb: str) -> None:
    put(entry, formal_check=Check.ADMITTED)
    sheet = jury.sheet(jury.panel(entry.round)[0], entry, 7)

    ALL[verb](entry, office)

    assert Assessment.objects.get() == sheet
    assert Assessment.objects.get().status == Assessment.Status.FINAL


@pytest.mark.parametrize("verb", ALL)
def test_rollback_takes_event_and_mail_along(entry: Submission, office: User, verb: str) -> None:
    entry = ready(entry, verb)

    def rows() -> list[Any]:
        return [list(model._default_manager.order_by("pk").values()) for model in (Submission, Event, Email)]

    before = rows()
    with transaction.atomic():
        ALL[verb](entry, office)
        assert rows() != before
        transaction.set_rollback(True)

    assert rows() == before


# At once ---------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_exclude_pressed_at_once_is_one(entry: Submission, office: User) -> None:
    results = together(*[lambda: formal_check.exclude(entry, by=office, reason="x")] * 4)

    assert sum(isinstance(result, Refused) for result in results) == 3
    assert (Event.objects.filter(verb="excluded").count(), Email.objects.count()) == (1, 1)


def somebody_waits() -> bool:
    """Say whether another connection waits for a row that this transaction has locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid")
        return cursor.fetchone() is not None


@pytest.mark.django_db(transaction=True)
def test_exclude_that_has_to_wait_for_the_decision_is_refused(entry: Submission, office: User) -> None:
    put(entry, formal_check=Check.ADMITTED)
    locked, pause = Signal(), Signal()

    def decide() -> None:
        with transaction.atomic():  # SQLite: nobody else begins to write from here on
            Category.objects.select_for_update(no_key=True).values_list("pk").get(pk=entry.submitted_category_id)
            locked.set()
            if connection.vendor == "postgresql":
                assert any(somebody_waits() or pause.wait(0.02) for _ in range(1000))
            Category.objects.filter(pk=entry.submitted_category_id).update(decided_at=CLOSES)

    def exclude() -> None:
        assert locked.wait(30)
        formal_check.exclude(entry, by=office, reason="x")

    _, refusal = together(decide, exclude)

    assert "hat diese Kategorie entschieden" in str(refusal)
    assert Submission.objects.get().formal_check == Check.ADMITTED


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_exclude_lets_the_jury_write_about_the_entry_meanwhile(entry: Submission, office: User) -> None:
    put(entry, formal_check=Check.ADMITTED)
    category, locked, pause = entry.submitted_category, Signal(), Signal()
    assert category

    def note() -> None:
        with transaction.atomic():
            Category.objects.select_for_update(no_key=True).values_list("pk").get(pk=category.pk)
            locked.set()
            assert any(somebody_waits() or pause.wait(0.02) for _ in range(1000))
            gate.record(entry.round, JuryEvent.Verb.RECUSED, at=CLOSES, by=office, category=category, entry=entry)

    def exclude() -> None:
        assert locked.wait(30)
        formal_check.exclude(entry, by=office, reason="x")

    assert together(note, exclude) == [None, None]
    assert JuryEvent.objects.filter(submission=entry).exists()
    assert Submission.objects.get().formal_check == Check.EXCLUDED


@pytest.mark.django_db(transaction=True)
def test_exclude_beside_withdrawing_never_excludes_what_is_withdrawn(entry: Submission, office: User) -> None:
    put(entry, extended_until=CLOSES + SECOND)

    together(
        lambda: handing_in.withdraw(entry, by=entry.owner),
        lambda: formal_check.exclude(entry, by=office, reason="x"),
    )

    verbs = list(Event.objects.order_by("pk").values_list("verb", flat=True))[-2:]
    assert verbs in (["submitted", "withdrawn"], ["excluded", "withdrawn"])


# Handing back ----------------------------------------------------------------------------------------


def handed_back(entry: Submission, office: User) -> Submission:
    formal_check.hand_back(entry, by=office, until=LATER, reason="Die Niederschrift fehlt.")
    return Submission.objects.get(pk=entry.pk)


def test_handed_back_entry_has_a_deadline_of_its_own_and_a_mail_says_what_to_change(
    entry: Submission, office: User
) -> None:
    entry = handed_back(entry, office)

    assert entry.deadline == LATER
    assert entry.extensions.get().granted_by == office
    mail = Email.objects.get(subject__startswith="Bitte korrigieren")
    assert "Dienstag, 17. Februar 2026, 24:00 Uhr" not in mail.message
    assert "Montag, 16. Februar 2026, 24:00 Uhr (MEZ)" in mail.message
    assert "Die Niederschrift fehlt." in mail.message
    assert formal_check.reason(entry) == "Die Niederschrift fehlt."


def test_submit_of_the_correction_opens_the_check_again(entry: Submission, office: User) -> None:
    entry = handed_back(entry, office)
    Submission.objects.filter(pk=entry.pk).update(abstract="Jetzt mit Niederschrift.")

    factories.submit(Submission.objects.get(pk=entry.pk))

    entry = Submission.objects.get(pk=entry.pk)
    assert (entry.formal_check, entry.current and entry.current.number) == (Check.OPEN, 2)
    assert formal_check.reason(entry) == ""


def test_excluded_entry_that_is_mended_in_time_is_checked_anew(open_round: Round, office: User, client: Client) -> None:
    entry = formal_check.exclude(factories.submitted(open_round), by=office, reason="Nur eine Kommune beteiligt")
    assert formal_check.reason(entry) == "Nur eine Kommune beteiligt"
    Submission.objects.filter(pk=entry.pk).update(abstract="Jetzt zu zweit.")

    factories.submit(Submission.objects.get(pk=entry.pk))

    entry = Submission.objects.get(pk=entry.pk)
    assert (entry.formal_check, entry.current and entry.current.number) == (Check.OPEN, 2)
    turn = Queue(entry.round, office, clock.now()).turns()[0]
    assert (turn.entry, turn.corrected) == (entry, True)


def test_correction_for_a_category_that_is_decided_is_refused(entry: Submission, office: User) -> None:
    entry = handed_back(entry, office)
    other = Category.objects.exclude(pk=entry.category_id).first()
    Category.objects.filter(pk=other.pk).update(decided_at=CLOSES)  # type: ignore[union-attr]
    Submission.objects.filter(pk=entry.pk).update(category=other)

    with pytest.raises(Refused, match="schon entschieden"):
        factories.submit(Submission.objects.get(pk=entry.pk))

    assert Submission.objects.get(pk=entry.pk).formal_check == Check.RETURNED


def test_submit_of_the_same_again_is_no_correction(entry: Submission, office: User) -> None:
    entry = handed_back(entry, office)

    factories.submit(entry)

    entry = Submission.objects.get(pk=entry.pk)
    assert (entry.formal_check, entry.current and entry.current.number) == (Check.RETURNED, 1)


def test_correction_is_accepted_until_its_deadline_only(entry: Submission, office: User, at: Clock) -> None:
    entry = handed_back(entry, office)
    Submission.objects.filter(pk=entry.pk).update(abstract="Zu spät.")
    at(LATER)

    with pytest.raises(Refused, match="Frist endete"):
        factories.submit(Submission.objects.get(pk=entry.pk))

    assert formal_check.admit(entry, by=office).formal_check == Check.ADMITTED


@pytest.mark.parametrize("until", [CLOSES, CLOSES - SECOND, CLOSES - timedelta(days=30)])
def test_hand_back_needs_a_moment_to_come(entry: Submission, office: User, until: datetime) -> None:
    with pytest.raises(Refused, match="in der Zukunft"):
        formal_check.hand_back(entry, by=office, until=until, reason="Seite 2 fehlt")

    assert Submission.objects.get().formal_check == Check.OPEN


def test_hand_back_waits_for_the_deadline(entry: Submission, office: User, at: Clock) -> None:
    at(CLOSES - SECOND)

    with pytest.raises(Refused, match="läuft noch"):
        formal_check.hand_back(entry, by=office, until=LATER, reason="Seite 2 fehlt")


def test_people_read_on_the_entry_what_to_change(entry: Submission, office: User, client: Client) -> None:
    handed_back(entry, office)
    client.force_login(entry.owner)

    html = client.get(entry.get_absolute_url()).content.decode()
    listed = client.get("/einreichungen/").content.decode()

    assert "Die Niederschrift fehlt." in html
    assert "bitte korrigieren und noch einmal einreichen" in html
    assert "eingereicht, bitte korrigieren" in listed


@pytest.mark.parametrize("check", [Check.RETURNED, Check.EXCLUDED])
def test_check_page_says_what_to_change_and_that_nothing_is(
    entry: Submission, office: User, client: Client, at: Clock, check: Check
) -> None:
    entry = handed_back(entry, office)
    if check == Check.EXCLUDED:
        formal_check.exclude(entry, by=office, reason="Die Niederschrift fehlt.")
    client.force_login(entry.owner)
    url = f"{entry.get_absolute_url()}pruefen/"
    boxes = dict.fromkeys(("conditions", "correctness", "bodies", "privacy"), "on")

    shown = client.get(url)
    html = shown.content.decode()
    sent = client.post(url, boxes | {"seen": shown.context["seen"]}, follow=True)

    assert "Die Niederschrift fehlt." in html
    assert "Noch nichts geändert" in html
    assert "Sie müssen nichts weiter tun" not in html
    assert "Noch nichts geändert: Ihr Entwurf ist derselbe wie Version 1." in sent.content.decode()
    assert sent.redirect_chain == [(entry.get_absolute_url(), 302)]
    assert Submission.objects.get(pk=entry.pk).formal_check == check


def test_excluded_entry_says_why_and_that_the_jury_does_not_get_it(
    entry: Submission, office: User, client: Client
) -> None:
    formal_check.exclude(entry, by=office, reason="Nur eine Kommune beteiligt.")
    client.force_login(entry.owner)

    pages = [entry.get_absolute_url(), f"{entry.get_absolute_url()}pruefen/", f"{entry.get_absolute_url()}versionen/1/"]
    shown = [client.get(url).content.decode() for url in pages]
    listed = client.get("/einreichungen/").content.decode()

    assert all("geht nicht an die Jury" in html for html in shown)
    assert not any("Prüfung an die Jury" in html or "zurückziehen, schreiben" in html for html in shown)
    assert all("Nur eine Kommune beteiligt." in html for html in shown[:2])
    assert "ausgeschlossen, nimmt nicht mehr teil" in listed


@pytest.mark.usefixtures("lasting_sessions")
def test_missed_correction_is_told(entry: Submission, office: User, client: Client, at: Clock) -> None:
    handed_back(entry, office)
    client.force_login(entry.owner)
    at(LATER)

    html = client.get(entry.get_absolute_url()).content.decode()

    assert "Nicht bis Montag, 16. Februar 2026, 24:00 Uhr (MEZ) korrigiert" in html
    assert "Die Niederschrift fehlt." in html
    assert "die Geschäftsstelle entscheidet jetzt über diese Version" in html
    assert "nicht rechtzeitig korrigiert" in client.get("/einreichungen/").content.decode()


def test_withdrawn_during_a_correction_has_nothing_to_correct(entry: Submission, office: User, client: Client) -> None:
    entry = handed_back(entry, office)
    handing_in.withdraw(entry, by=entry.owner)
    client.force_login(entry.owner)

    assert "zählt die Version" not in client.get(entry.get_absolute_url()).content.decode()


@pytest.mark.parametrize("when", ["after the deadline", "after the embargo", "excluded"])
def test_people_learn_who_can_withdraw_after_the_deadline(
    entry: Submission, office: User, client: Client, at: Clock, when: str
) -> None:
    if when == "excluded":
        formal_check.exclude(entry, by=office, reason="x")
    if when == "after the embargo":
        at(entry.round.embargo_until)
    client.force_login(entry.owner)

    pages = [client.get(entry.get_absolute_url() + more).content.decode() for more in ("", "zurueckziehen/")]

    assert ["noch zurückziehen, schreiben Sie der" in html for html in pages] == [when == "after the deadline"] * 2


@pytest.mark.parametrize(
    ("state", "told", "silent"),
    [
        ("open", "können Sie weiter ändern", "Es gilt Version"),
        ("closed", "Es gilt Version 1. Sie müssen nichts weiter tun.", "können Sie weiter ändern"),
        ("returned", "Die Eingangsbestätigung liegt", "nichts weiter tun"),
        ("excluded", "Die Eingangsbestätigung liegt", "nichts weiter tun"),
        ("withdrawn", "Die Eingangsbestätigung liegt", "nichts weiter tun"),
        ("replaced", "Die Eingangsbestätigung liegt", "nichts weiter tun"),
    ],
)
def test_receipt_sent_again_says_what_is_true_now(
    open_round: Round, office: User, at: Clock, state: str, told: str, silent: str
) -> None:
    entry = factories.submitted(open_round)
    receipts.fulfil_all()
    if state != "open":
        at(CLOSES)
    if state in {"returned", "excluded"}:
        put(entry, formal_check=state)
    if state == "withdrawn":
        put(entry, status="withdrawn")
    first = entry.versions.get()
    if state == "replaced":
        at(CLOSES - SECOND)
        put(entry, abstract="Anders")
        factories.submit(Submission.objects.get(pk=entry.pk))
    Email.objects.all().delete()

    receipts.send_again(first, by=office, to=[entry.owner.email], reason="verloren")

    message = Email.objects.get().message
    assert told in message
    assert silent not in message
