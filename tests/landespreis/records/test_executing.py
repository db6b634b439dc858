"""Carrying a run out: exactly what was shown goes, nothing else; crashes, two workers, another package."""

import json
import zipfile
from datetime import UTC, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Model
from post_office.models import Attachment as Attached
from post_office.models import Email

from accounts import actions as accounts
from accounts.models import User
from jury.models import Assessment, Decision, JuryEvent, Letter, Paper, Score
from landespreis import chaining, clock, exports, files, journal, packing, tasks, verifying
from landespreis.circulars import dispatch
from landespreis.models import CircularRecipient, RetentionFigures, RetentionHold, RetentionItem, RetentionRun, Trace
from landespreis.records import executing, parts, periods, runs
from landespreis.refusal import Refused, Unavailable
from portal import entries, winners
from portal.models import Project
from submissions.models import Attachment, Event, Receipt, Round, Submission, Version
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.conftest import MIDWAY, SECOND
from tests.landespreis.circulars import release, written
from tests.landespreis.records import office
from tests.landespreis.records.office import At
from tests.portal.factories import ProjectFactory
from tests.submissions import factories
from tests.submissions.test_actions_handing_in import together

pytestmark = pytest.mark.django_db
State, Status = RetentionItem.State, RetentionRun.Status


@pytest.fixture
def one(db: None) -> User:
    return office.person()


@pytest.fixture
def other(db: None) -> User:
    return office.person()


def rows() -> dict[str, set[str]]:
    """Return the keys of every row of every table, as the database holds them."""
    left_out = {"landespreis", "contenttypes", "sessions", "auth"}
    models = [model for model in apps.get_models() if model._meta.app_label not in left_out]
    return {model._meta.label: {str(pk) for pk in model._base_manager.values_list("pk", flat=True)} for model in models}


def labelled(lots: list[dict[str, Any]], tables: dict[str, type[Model]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for lot in lots:
        if lot["fate"] == parts.Fate.DELETED:
            found.setdefault(tables[lot["key"]]._meta.label, set()).update(lot["ids"])
    return found


def test_journals_are_still_what_the_chain_says(open_round: Round, at: At, one: User, other: User) -> None:
    entry = factories.submitted(open_round)
    at(MIDWAY + timedelta(days=2))
    chaining.link_days(clock.now())
    periods.change(periods.rules()["entries"], by=one, months=1, note="Aktenplan")
    at(open_round.embargo_until + timedelta(days=40))
    chaining.link_days(clock.now())

    office.carried_out("entries", one, other, open_round)
    before = verifying.verify()
    at(open_round.embargo_until + timedelta(days=42))
    chaining.link_days(clock.now())
    after = verifying.verify()

    assert (before.findings, after.findings) == ([], [])
    kept = Submission.objects.get(pk=entry.pk).current
    assert kept
    assert kept.payload["excerpted_at"] == (open_round.embargo_until + timedelta(days=40)).astimezone(UTC).isoformat()
    Version.objects.create(
        submission=entry, number=7, canonical=kept.canonical.replace("2026-05", "2026-01"), sha256=kept.sha256,
        submitted_at=kept.submitted_at, submitted_by=one,
    )  # fmt: skip
    assert [finding.kind for finding in verifying.verify().findings] == ["inserted"]


@pytest.mark.parametrize("key", ["entries", "sheets"])
def test_carry_out_takes_exactly_what_was_shown(round: Round, at: At, one: User, other: User, key: str) -> None:
    office.filled(round, at)
    kind, scope = office.kind_of(key), office.scope_of(key, round)
    before = periods.require_due(kind, scope)
    shown = [lot for part in runs.preview(kind, scope, before) for lot in part.lots]
    subject = next(iter(kind.subjects(scope, before)))
    tables = {lot.key: lot.rows.model for lot in parts.lots(key, [subject.key], before)}
    run = office.released(key, one, other, round)
    had = rows()

    executing.carry_out(run)

    left = rows()
    gone = {label: pks - left[label] for label, pks in had.items() if pks - left[label]}
    through = "post_office.Attachment", "post_office.Log"
    expected = labelled(shown, tables)
    assert {label: pks for label, pks in gone.items() if label not in through} == {
        label: pks for label, pks in expected.items() if label not in through and pks
    }
    assert gone.get("post_office.Attachment", set()) == expected.get("post_office.Attachment", set())


def test_carry_out_leaves_what_is_public(round: Round, at: At, one: User, other: User) -> None:
    world = office.filled(round, at)
    told = winners.of(round, clock.now())
    paths = [file.file.name for file in Attachment.objects.all()] + [row.file.name for row in Receipt.objects.all()]

    run = office.carried_out("entries", one, other, round)

    assert run.status == Status.DONE
    assert [(row.title, row.lead) for row in winners.of(round, clock.now())] == [(r.title, r.lead) for r in told]
    assert set(Version.objects.values_list("number", flat=True)) == {0}
    assert {entry.owner for entry in Submission.objects.all()} == {accounts.nobody()}
    assert not Event.objects.exists()
    assert not Assessment.objects.exists()
    assert not JuryEvent.objects.filter(submission__isnull=False).exists()
    assert not Paper.objects.filter(kind=Paper.Kind.DOSSIER).exists()
    assert Decision.objects.filter(locked_at__isnull=False).count() == len(told)
    assert Paper.objects.filter(kind=Paper.Kind.MINUTES).count() == len(told)
    assert paths
    assert not any(default_storage.exists(path) for path in paths)
    assert "meike.brandhorst" not in json.dumps([entry.current.payload for entry in world_entries()])
    assert world.targets


def world_entries() -> list[Any]:
    return list(Submission.objects.select_related("current"))


def test_figures_stay(round: Round, at: At, one: User, other: User) -> None:
    office.filled(round, at)
    sheets = Assessment.objects.filter(status="final", submission__submitted_category__key="krisen").count()

    run = office.carried_out("entries", one, other, round)

    figures = RetentionFigures.objects.get(run=run, category=round.categories.get(key="krisen").name).figures
    assert figures["entries"] == 2
    assert figures["by_status"] == {"submitted": 2}
    assert figures["assessments"] == sheets
    assert figures["mean"] is not None
    assert figures["partners"] == {"sum": 2, "least": 1, "most": 1}
    assert len(figures["municipalities"]) == 4


def test_dossier_of_several_entries_counts_once(round: Round, at: At, one: User, other: User) -> None:
    office.filled(round, at)
    shared = [row for row in Paper.objects.filter(kind=Paper.Kind.DOSSIER) if len(row.entries) > 1]
    path = default_storage.save("jury/dossier/gemeinsam.pdf", ContentFile(b"gemeinsam"))
    Paper.objects.filter(pk=shared[0].pk).update(file=path, size=9)
    run = office.released("sheets", one, other, round)
    listed = {file["path"]: file["size"] for lots in run.items.values_list("lots", flat=True) for lot in lots
              for file in lot["files"]}  # fmt: skip

    executing.carry_out(run)

    run.refresh_from_db()
    assert path in listed
    assert (run.counts["#files"], run.counts["#bytes"]) == (len(listed), sum(listed.values()))
    assert not any(default_storage.exists(name) for name in listed)


def test_carry_out_after_a_crash_goes_on(round: Round, at: At, one: User, other: User) -> None:
    office.filled(round, at)
    run = office.released("entries", one, other, round)

    assert executing.carry_out(run, limit=2) == 2
    run.refresh_from_db()
    halfway = run.items.filter(state=State.DONE).count(), run.status
    rest = executing.carry_out(run)

    run.refresh_from_db()
    assert halfway == (2, Status.RELEASED)
    assert rest == 4
    assert run.status == Status.DONE
    assert run.counts["entry"] == 6
    assert executing.carry_out(run) == 0
    assert Trace.objects.filter(verb=Trace.Verb.RETENTION_STARTED).count() == 1
    assert Trace.objects.filter(verb=Trace.Verb.RETENTION_DONE).count() == 1


def test_carry_out_one_that_fails_rolls_back_alone(open_round: Round, at: At, one: User, other: User) -> None:
    free, bound = factories.complete(open_round), factories.complete(open_round)
    file = factories.attachment(bound)
    at(open_round.closes_at + office.YEARS)
    run = office.released("drafts", one, other, open_round)
    project = ProjectFactory(submission=bound, origin=Project.Origin.AWARD, draft=True)
    traces = Trace.objects.count()

    executing.carry_out(run)

    item = run.items.get(subject=str(bound.pk))
    assert not Submission.objects.filter(pk=free.pk).exists()
    assert Submission.objects.filter(pk=bound.pk).exists()
    assert Event.objects.filter(submission=bound).count() == bound.events.count()
    assert default_storage.exists(file.file.name)
    assert (item.state, item.attempts) == (State.PENDING, 1)
    assert "ProtectedError" in item.error
    assert Trace.objects.count() == traces + 2

    project.delete()
    executing.carry_out(run)

    assert not Submission.objects.filter(pk=bound.pk).exists()
    assert not default_storage.exists(file.file.name)


def test_carry_out_gives_up_after_some_attempts(open_round: Round, at: At, one: User, other: User) -> None:
    bound = factories.complete(open_round)
    at(open_round.closes_at + office.YEARS)
    run = office.released("drafts", one, other, open_round)
    ProjectFactory(submission=bound, origin=Project.Origin.AWARD, draft=True)

    for _ in range(executing.ATTEMPTS):
        executing.carry_out(run)

    run.refresh_from_db()
    assert run.items.get().state == State.FAILED
    assert run.status == Status.DONE
    assert Submission.objects.filter(pk=bound.pk).exists()


def test_carry_out_waits_while_the_storage_is_away(
    open_round: Round, at: At, one: User, other: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.complete(open_round), factories.complete(open_round)
    at(open_round.closes_at + office.YEARS)
    run = office.released("drafts", one, other, open_round)

    with monkeypatch.context() as patch:
        patch.setattr(parts, "lots", away)
        executing.carry_out_all()

    run.refresh_from_db()
    states = list(run.items.values_list("state", "attempts", "error"))
    assert (run.status, states) == (Status.RELEASED, [(State.PENDING, 0, "Der Dateispeicher antwortet nicht.")] * 2)

    executing.carry_out_all()

    run.refresh_from_db()
    assert (run.status, set(run.items.values_list("state", "error"))) == (Status.DONE, {(State.DONE, "")})


def test_package_that_cannot_be_kept_stops_no_released_run(
    open_round: Round, at: At, one: User, other: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.submitted(open_round)
    factories.complete(open_round)
    at(open_round.embargo_until + 6 * office.YEARS)
    packed = office.proposed("entries", one, open_round)
    packing.fulfil_all()
    run = office.released("drafts", one, other, open_round)

    monkeypatch.setattr(files, "store", away)
    tasks.carry_out_retention()

    run.refresh_from_db()
    packed.refresh_from_db()
    assert (run.status, packed.status) == (Status.DONE, Status.PROPOSED)


def test_run_that_cannot_begin_stops_no_other(
    open_round: Round, at: At, one: User, other: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.complete(open_round)
    factories.submitted(open_round)
    office.send_everything()
    at(open_round.embargo_until + 11 * office.YEARS)
    first = office.released("drafts", one, other, open_round)
    second = office.released("mails", one, other)
    figures = parts.figures

    def broken(kind: str, *about: Any) -> Any:
        return {}["figures"] if kind == "drafts" else figures(kind, *about)

    with monkeypatch.context() as patch:
        patch.setattr(parts, "figures", broken)
        tasks.carry_out_retention()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.items.get().error) == (Status.RELEASED, "KeyError: 'figures'")
    assert second.status == Status.DONE

    tasks.carry_out_retention()

    first.refresh_from_db()
    assert first.status == Status.DONE


def away(*about: object) -> Any:
    raise Unavailable("Der Dateispeicher antwortet nicht.")


def test_carry_out_needs_no_storage_for_what_is_only_told(
    open_round: Round, at: At, one: User, other: User, settings: Any, tmp_path: Any
) -> None:
    factories.submitted(open_round)
    office.send_everything()
    paths = [row.file.name for row in Attached.objects.all()]
    at(open_round.embargo_until + 11 * office.YEARS)
    run = office.released("mails", one, other)
    there = settings.FILES_URL
    (tmp_path / "full").write_text("")

    settings.FILES_URL = f"file://{tmp_path / 'full'}"
    executing.carry_out_all()
    item = run.items.get()
    settings.FILES_URL = there
    lying = [path for path in paths if default_storage.exists(path)]
    executing.carry_out_all()

    assert (item.state, item.error, set(item.files)) == (State.DONE, "", set(paths))
    assert lying == paths
    assert not any(default_storage.exists(path) for path in paths)


def test_carry_out_rolled_back_deletes_no_file(open_round: Round, at: At, one: User, other: User) -> None:
    file = factories.attachment(factories.complete(open_round))
    at(open_round.closes_at + office.YEARS)
    run = office.released("drafts", one, other, open_round)
    item = run.items.get()

    def crashing() -> None:
        with transaction.atomic():
            assert executing._carry_out(run, item.pk)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        crashing()

    item.refresh_from_db()
    assert item.state == State.PENDING
    assert default_storage.exists(file.file.name)
    assert not Trace.objects.filter(verb=Trace.Verb.RETENTION_ITEM).exists()


def test_carry_out_twice_at_once_does_it_once(open_round: Round, at: At, one: User, other: User) -> None:
    factories.complete(open_round)
    at(open_round.closes_at + office.YEARS)
    run = office.released("drafts", one, other, open_round)
    item = run.items.get()

    assert executing._carry_out(run, item.pk)
    assert not executing._carry_out(run, item.pk)

    run.refresh_from_db()
    assert run.counts["entry"] == 1


def test_carry_out_held_since_the_release_stays(open_round: Round, at: At, one: User, other: User) -> None:
    entry = factories.complete(open_round)
    at(open_round.closes_at + office.YEARS)
    run = office.released("drafts", one, other, open_round)
    periods.hold(str(entry.pk), by=one, label="Entwurf", reason="Rechtsstreit")

    executing.carry_out(run)

    assert run.items.get().state == State.HELD
    assert Submission.objects.filter(pk=entry.pk).exists()


def test_carry_out_more_than_was_shown_is_refused(open_round: Round, at: At, one: User, other: User) -> None:
    entry = factories.complete(open_round)
    at(open_round.closes_at + office.YEARS)
    run = office.released("drafts", one, other, open_round)
    added = factories.attachment(entry)

    executing.carry_out(run)

    item = run.items.get()
    assert item.state == State.FAILED
    assert "Dateien" in item.error
    assert Attachment.objects.filter(pk=added.pk).exists()


def test_carry_out_less_than_was_shown_is_done(open_round: Round, at: At, one: User, other: User) -> None:
    entry = factories.complete(open_round)
    factories.attachment(entry)
    at(open_round.closes_at + office.YEARS)
    run = office.released("drafts", one, other, open_round)
    entry.attachments.all().delete()

    executing.carry_out(run)

    assert not Submission.objects.filter(pk=entry.pk).exists()


def test_carry_out_without_its_package_is_refused(round: Round, at: At, one: User, other: User) -> None:
    office.filled(round, at)
    run = office.released("entries", one, other, round)
    default_storage.delete(run.package.name)

    with pytest.raises(Refused, match="fehlt im Dateispeicher"):
        executing.carry_out(run)

    assert Version.objects.filter(number__gt=0).count() == 6


def test_carry_out_with_another_package_is_refused(round: Round, at: At, one: User, other: User) -> None:
    office.filled(round, at)
    run = office.released("entries", one, other, round)
    default_storage.delete(run.package.name)
    default_storage.save(run.package.name, ContentFile(b"PK anderes"))

    with pytest.raises(Refused, match="Prüfsumme stimmt nicht"):
        executing.carry_out(run)

    assert not Trace.objects.filter(verb=Trace.Verb.RETENTION_STARTED).exists()


def test_carry_out_package_lacks_a_subject(round: Round, at: At, one: User, other: User) -> None:
    office.filled(round, at)
    run = office.released("entries", one, other, round)
    run.items.filter(pk=run.items.last().pk).update(digest="0" * 64)  # type: ignore[union-attr]

    with pytest.raises(Refused, match="Im Archivpaket fehlt"):
        executing.carry_out(run)


def test_run_whose_package_stops_it_can_be_discarded_and_proposed_anew(
    round: Round, at: At, one: User, other: User
) -> None:
    office.filled(round, at)
    run = office.released("entries", one, other, round)
    default_storage.delete(run.package.name)
    with pytest.raises(Refused, match="Verwerfen Sie die Aussonderung"):
        executing.carry_out(run)

    runs.discard(run, by=one, reason="Das Paket ist verloren.")

    assert office.carried_out("entries", one, other, round).status == Status.DONE


def test_run_whose_package_goes_in_between_keeps_the_rest_and_cannot_be_discarded(
    round: Round, at: At, one: User, other: User
) -> None:
    office.filled(round, at)
    run = office.released("entries", one, other, round)
    assert executing.carry_out(run, limit=1) == 1
    run.refresh_from_db()
    default_storage.delete(run.package.name)

    with pytest.raises(Refused, match="Der Rest bleibt, bis das Paket aus der Sicherung zurückgeholt ist"):
        executing.carry_out(run)
    with pytest.raises(Refused, match="freigegeben"):
        runs.discard(run, by=one, reason="Das Paket ist verloren.")


def test_carry_out_takes_nothing_of_a_run_discarded_just_then(
    round: Round, at: At, one: User, other: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.filled(round, at)
    run = office.released("entries", one, other, round)
    monkeypatch.setattr(executing, "_require_package", lambda run: runs.discard(run, by=one, reason="Irrtum"))

    assert executing.carry_out(run) == 0

    assert {item.state for item in run.items.all()} == {"pending"}
    assert not Trace.objects.filter(verb=Trace.Verb.RETENTION_STARTED).exists()


def test_file_the_storage_keeps_is_deleted_later(open_round: Round, at: At, one: User, other: User) -> None:
    file = factories.attachment(factories.complete(open_round))
    factories.complete(open_round)
    at(open_round.closes_at + office.YEARS)
    run = office.released("drafts", one, other, open_round)
    executing.carry_out(run)
    run.items.filter(pk=run.items.latest("pk").pk).update(files=[file.file.name])
    default_storage.save(file.file.name, ContentFile(b"noch da"))

    executing.carry_out_all()

    assert not default_storage.exists(file.file.name)
    assert list(run.items.values_list("files", flat=True)) == [[], []]


def test_public_project_stays_and_no_new_one_is_offered(open_round: Round, at: At, one: User, other: User) -> None:
    shown, never = factories.complete(open_round), factories.complete(open_round)
    for entry in (shown, never):
        factories.submit(entry, publication=True)
    Submission.objects.update(formal_check=Submission.Check.ADMITTED)
    at(open_round.embargo_until + 6 * office.YEARS)
    project = ProjectFactory(submission=Submission.objects.get(pk=shown.pk), origin=Project.Origin.AWARD)
    assert [entry.pk for entry in entries.waiting()] == [never.pk]

    office.carried_out("entries", one, other, open_round)

    assert not entries.unfounded().exists()
    assert not entries.waiting().exists()
    assert Project.objects.get(pk=project.pk).is_public(clock.now())


def test_rows_of_messages_go_with_their_entry(open_round: Round, at: At, one: User, other: User) -> None:
    entry = factories.complete(open_round)
    release(written(open_round, one), one)
    factories.submit(entry)
    at(open_round.embargo_until + 6 * office.YEARS)
    assert CircularRecipient.objects.filter(about=f"submissions:{entry.pk}").exists()

    office.carried_out("entries", one, other, open_round)

    assert not CircularRecipient.objects.filter(about=f"submissions:{entry.pk}").exists()


def test_mail_of_a_message_goes_with_its_entry_also_where_it_does_not_name_it(
    open_round: Round, at: At, one: User, other: User
) -> None:
    entry = factories.complete(open_round)
    release(written(open_round, one, subject="Hallo", text="Bald ist Schluss."), one)
    dispatch.send()
    factories.submit(entry)
    office.send_everything()
    at(open_round.embargo_until + 6 * office.YEARS)

    office.carried_out("entries", one, other, open_round)

    assert not Email.objects.filter(subject="Hallo").exists()


def test_recipients_of_messages_go_with_their_mails_by_year(open_round: Round, at: At, one: User, other: User) -> None:
    closed, told = MembershipFactory().user, MembershipFactory().user
    release(written(open_round, one, "zugehoerigkeit", subject="x", text="y", params={}), one)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    dispatch.send()
    office.send_everything()
    assert CircularRecipient.objects.get(mail=None).address == closed.email
    assert CircularRecipient.objects.exclude(mail=None).get().address == told.email
    at(clock.now() + 5 * office.YEARS)

    Email.objects.update(created=MIDWAY)
    run = office.carried_out("mails", one, other)

    assert not CircularRecipient.objects.exists()
    assert (run.counts["written"], run.counts["mails"]) == (2, 1)


def test_recipients_of_a_message_that_waits_stay(open_round: Round, at: At, one: User) -> None:
    MembershipFactory()
    release(written(open_round, one, "zugehoerigkeit", subject="x", text="y", params={}), one)
    at(clock.now() + 5 * office.YEARS)

    assert not CircularRecipient.objects.unmailed(clock.now()).exists()


def test_foreign_keys_hold_afterwards(round: Round, at: At, one: User, other: User) -> None:
    office.filled(round, at)

    office.carried_out("sheets", one, other, round)
    office.carried_out("entries", one, other, round)

    connection.check_constraints()
    assert not Score.objects.exists()
    assert not Letter.objects.exists()


def test_every_table_that_points_at_an_entry_is_decided() -> None:
    """Whoever adds a table that belongs to an entry says in `retention` whether it goes or stays."""
    targets = (Submission, Version, Attachment, Assessment, Receipt)
    pointing = {
        f"{relation.related_model._meta.label}.{relation.field.name}": relation.related_model
        for target in targets
        for relation in parts.pointing(target)
        if not relation.related_model._meta.auto_created
    }
    entry_rows = {"submissions", "jury"}
    listed = {
        "submissions.Event", "submissions.Extension", "submissions.Reminder", "submissions.Receipt",
        "submissions.Version", "submissions.Attachment", "submissions.Answer", "submissions.Partner",
        "submissions.Section", "submissions.Variant", "submissions.Editor", "submissions.Submission",
        "submissions.Finding", "submissions.Proposal", "submissions.HelpRequest", "submissions.Offer",
        "jury.Score", "jury.Assessment", "jury.Clearance", "jury.Recusal", "jury.JuryEvent",
        "jury.Letter", "jury.Paper",
    }  # fmt: skip

    undecided = {
        column
        for column, model in pointing.items()
        if column not in parts.kept() and not (model._meta.app_label in entry_rows and model._meta.label in listed)
    }

    assert undecided == set()


def test_package_holds_everything(round: Round, at: At, one: User) -> None:
    office.filled(round, at)
    run = office.proposed("entries", one, round)

    office.pack(run)

    run.refresh_from_db()
    with default_storage.open(run.package.name) as file, zipfile.ZipFile(file) as package:
        names = set(package.namelist())
        manifest = json.loads(package.read("manifest.json"))
        index = package.read("index.html").decode()
        version = Version.objects.order_by("pk")[0]
        held = [name for name in names if name.endswith(f"{str(version.submission_id)[:8]}/version-1.json")]
        frozen = package.read(held[0]).decode()
    assert run.status == Status.PACKED
    assert frozen == version.canonical
    assert {row["key"] for row in manifest["subjects"]} == {
        str(pk) for pk in Submission.objects.values_list("pk", flat=True)
    }
    assert {"verzeichnis.json", "index.html", "runde/runde.json", "runde/beschluesse.json"} <= names
    assert {row["name"] for row in manifest["files"]} == names - {"manifest.json"}
    for part in ("eingangsbestaetigung.pdf", "bewertungen.json", "verlauf.json", "befangenheiten.json", "dateien/"):
        assert any(part in name for name in names), part
    assert sum("Niederschrift" in name for name in names) == 3
    assert "http" not in index
    assert "<script" not in index


def test_package_escapes_what_people_wrote(open_round: Round, at: At, one: User) -> None:
    factories.submitted(open_round, title="<script>alert(1)</script> & Co")
    at(open_round.embargo_until + 6 * office.YEARS)
    run = office.proposed("entries", one, open_round)

    office.pack(run)

    run.refresh_from_db()
    with default_storage.open(run.package.name) as file, zipfile.ZipFile(file) as package:
        index = package.read("index.html").decode()
    assert "<script>" not in index
    assert "&lt;script&gt;" in index


def test_mails_of_an_entry_go_with_it(open_round: Round, at: At, one: User, other: User) -> None:
    entry, stranger = factories.submitted(open_round), factories.submitted(open_round)
    office.send_everything()
    named = Email.objects.filter(message__contains=str(entry.pk))
    assert named.exists()
    at(open_round.embargo_until + 6 * office.YEARS)
    periods.hold(str(stranger.pk), by=one, label="x", reason="Rechtsstreit")

    office.carried_out("entries", one, other, open_round)

    assert not named.exists()
    assert Email.objects.filter(message__contains=str(stranger.pk)).exists()
    assert RetentionHold.objects.standing().count() == 1


def test_unused_accounts_go_and_used_ones_stay(open_round: Round, at: At, one: User, other: User) -> None:
    unused = MembershipFactory(user__totp=True).user
    owner = factories.complete(open_round).owner
    decided = accounts.confirm_membership(MembershipFactory(), by=one).decided_by
    fresh = UserFactory()
    at(open_round.embargo_until + 3 * office.YEARS)
    User.objects.filter(pk=fresh.pk).update(last_login=clock.now())

    run = office.carried_out("accounts", one, other)

    left = set(User.objects.values_list("pk", flat=True))
    assert unused.pk not in left
    assert {owner.pk, fresh.pk, one.pk, other.pk} <= left
    assert decided == one
    assert run.counts["account"] == 2  # the confirmed member never came back either
    assert set(run.items.values_list("state", "about")) == {("done", "")}


def test_run_that_is_given_up_keeps_no_names_of_accounts(open_round: Round, at: At, one: User) -> None:
    user = MembershipFactory().user
    at(open_round.embargo_until + 3 * office.YEARS)
    run = office.proposed("accounts", one)
    assert user.name in run.items.values_list("about", flat=True)

    runs.discard(run, by=one, reason="Noch nicht.")

    assert set(run.items.values_list("about", flat=True)) == {""}


def test_unused_account_in_the_journal_stays_without_its_person(
    open_round: Round, at: At, one: User, other: User
) -> None:
    unused = MembershipFactory(user__totp=True).user
    line = journal.note(journal.Verb.SIGNED_UP, by=unused)
    at(open_round.embargo_until + 3 * office.YEARS)

    office.carried_out("accounts", one, other)

    left = User.objects.get(pk=unused.pk)
    assert (left.name, left.is_active) == (accounts.DELETED_NAME, False)
    assert left.email.endswith("@portal.invalid")
    assert not left.memberships.exists()
    assert Trace.objects.get(pk=line.pk).by == left
    kind = office.kind_of("accounts")
    assert f"konto-{left.pk}" not in [row.key for row in kind.subjects(kind.scopes()[0], clock.now())]


def test_old_mails_and_lines_go_by_year(open_round: Round, at: At, one: User, other: User) -> None:
    factories.submitted(open_round)
    office.send_everything()
    exports.note(next(iter(exports.datasets(one).values())), "csv", by=one)
    evidence = Trace.objects.create(at=clock.now(), verb=Trace.Verb.RETENTION_DONE, by=None)
    attached = [row.file.name for row in Attached.objects.all()]
    at(open_round.embargo_until + 11 * office.YEARS)

    mails = office.carried_out("mails", one, other)
    office.carried_out("traces", one, other)

    assert not Email.objects.exists()
    assert attached
    assert not any(default_storage.exists(path) for path in attached)
    assert mails.items.get().label == "Mails 2026"
    assert not Trace.objects.filter(verb=Trace.Verb.EXPORTED).exists()
    assert Trace.objects.filter(pk=evidence.pk).exists()


def test_package_is_forgotten_after_a_month(open_round: Round, at: At, one: User, other: User) -> None:
    factories.submitted(open_round)
    at(open_round.embargo_until + 6 * office.YEARS)
    run = office.carried_out("entries", one, other, open_round)
    path = run.package.name
    at(clock.now() + executing.PACKAGE_STAYS)
    assert executing.forget_packages() == 0

    at(clock.now() + SECOND)
    assert executing.forget_packages() == 1

    run.refresh_from_db()
    assert not run.package
    assert run.package_sha256
    assert not default_storage.exists(path)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_do_each_subject_once(open_round: Round, at: At, one: User, other: User) -> None:
    for _ in range(4):
        factories.complete(open_round)
    at(open_round.closes_at + office.YEARS)
    run = office.released("drafts", one, other, open_round)

    results = together(*[lambda: executing.carry_out(run)] * 3)

    run.refresh_from_db()
    assert sum(results) == 4
    assert (run.status, run.counts["entry"]) == (Status.DONE, 4)
    assert not Submission.objects.exists()
    lines = Trace.objects.values_list("verb", flat=True)
    assert [lines.filter(verb=f"retention_{verb}").count() for verb in ("started", "item", "done")] == [1, 4, 1]
