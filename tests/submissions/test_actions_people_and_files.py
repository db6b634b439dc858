"""Partners, editors and files: the verbs' own rules beyond the window."""

import io
from threading import Event as Signal
from typing import Any

import pikepdf
import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image
from post_office.models import Email

from landespreis import scanner
from landespreis.inspection import Rejected
from landespreis.refusal import NotAllowed, Refused, Unavailable
from submissions import tasks
from submissions.actions import editors, files, gate, partners
from submissions.models import Attachment, Editor, Event, Partner, Round, Submission
from tests.accounts.factories import MunicipalityFactory, UserFactory
from tests.conftest import MIDWAY, SECOND
from tests.landespreis.lost import lost_answer
from tests.submissions import factories
from tests.submissions.test_actions_formal_check import somebody_waits
from tests.submissions.test_actions_handing_in import together


def pdf() -> io.BytesIO:
    buffer = io.BytesIO()
    document = pikepdf.new()
    document.add_blank_page()
    document.save(buffer)
    buffer.seek(0)
    return buffer


def picture() -> io.BytesIO:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30)).save(buffer, "JPEG", exif=Image.Exif())
    buffer.seek(0)
    return buffer


def upload(entry: Submission, **values: Any) -> Attachment:
    content = values.pop("content", None) or pdf()
    defaults = {"name": "Niederschrift.pdf", "size": len(content.getvalue()), "kind": "anlage", "by": entry.owner}
    return files.add(entry, content, **defaults | values)


@pytest.fixture
def entry(open_round: Round) -> Submission:
    return factories.draft(open_round)


# Partners ------------------------------------------------------------------------------------------


def test_add_partner_twice_is_refused(entry: Submission) -> None:
    town = MunicipalityFactory()
    partners.add(entry, by=entry.owner, municipality=town)

    with pytest.raises(Refused, match="steht schon in der Liste"):
        partners.add(entry, by=entry.owner, municipality=town)


def test_add_lead_as_partner_is_refused(entry: Submission) -> None:
    with pytest.raises(Refused, match="schon federführend"):
        partners.add(entry, by=entry.owner, municipality=entry.lead)


def test_add_more_partners_than_there_are_is_refused(entry: Submission) -> None:
    Partner.objects.bulk_create(
        Partner(submission=entry, name=f"Verband {n}", kind="zweckverband") for n in range(partners.MOST)
    )

    with pytest.raises(Refused):
        partners.add(entry, by=entry.owner, name="Noch einer", kind="zweckverband")


def test_remove_partner_twice_changes_nothing(entry: Submission) -> None:
    partner = partners.add(entry, by=entry.owner, name="Zweckverband Nord", kind="zweckverband")

    for _ in range(2):
        partners.remove(Partner(pk=partner.pk, submission=entry, name="x"), by=entry.owner)

    assert Event.objects.filter(verb="partner_removed").count() == 1


# Editors -------------------------------------------------------------------------------------------


def test_invite_mails_a_link_that_leads_to_the_invitation(entry: Submission) -> None:
    editor = editors.invite(entry, email=" Kollegin@Kommune.example ", role="edit", by=entry.owner)

    assert editor.email == "kollegin@kommune.example"
    assert editors.token(editor) in Email.objects.get().message
    assert editors.invited(editors.token(editor)) == editor


def test_invite_again_replaces_the_link(open_round: Round, at: Any) -> None:
    entry = factories.draft(open_round)
    first = editors.token(editors.invite(entry, email="a@kommune.example", role="edit", by=entry.owner))
    at(open_round.closes_at.replace(day=8))
    second = editors.invite(entry, email="a@kommune.example", role="read", by=entry.owner)

    assert editors.invited(first) is None
    assert (editors.invited(editors.token(second)), second.role) == (second, "read")


@pytest.mark.parametrize("tampered", ["", "x", "a:b:c"])
def test_invited_by_a_forged_link_is_nothing(db: None, tampered: str) -> None:
    assert editors.invited(tampered) is None


def test_invited_after_removal_is_nothing(entry: Submission) -> None:
    editor = editors.invite(entry, email="a@kommune.example", role="edit", by=entry.owner)
    link = editors.token(editor)

    editors.remove(editor, by=entry.owner)

    assert editors.invited(link) is None


def test_invite_twice_at_once_sends_one_mail(entry: Submission) -> None:
    first, second = [editors.invite(entry, email="a@kommune.example", role="edit", by=entry.owner) for _ in range(2)]

    assert (editors.token(first), Email.objects.count()) == (editors.token(second), 1)


def test_invite_owner_or_editor_is_refused(entry: Submission) -> None:
    colleague = factories.editor(entry, Editor.Role.EDIT)

    for email in (entry.owner.email, colleague.email):
        with pytest.raises(Refused):
            editors.invite(entry, email=email, role="edit", by=entry.owner)


def test_invite_without_right_is_refused(entry: Submission) -> None:
    colleague = factories.editor(entry, Editor.Role.EDIT)

    with pytest.raises(NotAllowed):
        editors.invite(entry, email="a@kommune.example", role="edit", by=colleague)


def test_invite_too_many_is_refused(entry: Submission) -> None:
    for n in range(editors.MOST):
        editors.invite(entry, email=f"p{n}@kommune.example", role="read", by=entry.owner)

    with pytest.raises(Refused):
        editors.invite(entry, email="noch@kommune.example", role="read", by=entry.owner)


def test_accept_twice_changes_nothing_and_by_another_is_refused(entry: Submission) -> None:
    editor = editors.invite(entry, email="a@kommune.example", role="edit", by=entry.owner)
    user = UserFactory()

    for _ in range(2):
        editors.accept(editor, by=user)
    with pytest.raises(Refused, match="schon angenommen"):
        editors.accept(editor, by=UserFactory())

    assert Event.objects.filter(verb="joined").count() == 1


def test_accept_by_the_owner_is_refused(entry: Submission) -> None:
    editor = editors.invite(entry, email="a@kommune.example", role="edit", by=entry.owner)

    with pytest.raises(Refused, match="schon mit"):
        editors.accept(editor, by=entry.owner)


def test_remove_oneself_is_allowed_and_others_not(entry: Submission) -> None:
    first, second = factories.editor(entry, "read"), factories.editor(entry, "read")

    with pytest.raises(NotAllowed):
        editors.remove(entry.editors.get(user=second), by=first)
    editors.remove(entry.editors.get(user=first), by=first)

    assert [editor.user for editor in entry.editors.all()] == [second]


# Files ---------------------------------------------------------------------------------------------


def test_add_file_keeps_it_privately_under_a_name_of_its_own(entry: Submission) -> None:
    file = upload(entry, name="../../etc/Beschluss 😀.pdf")

    assert file.name == "Beschluss 😀.pdf"
    assert file.file.name == f"einreichungen/{entry.pk}/{file.pk}.pdf"
    assert (file.scan, file.pages) == ("clean", 1)
    assert Event.objects.get().detail["sha256"] == file.sha256


def test_add_image_gets_the_extension_of_its_content(entry: Submission) -> None:
    file = upload(entry, content=picture(), name="foto.png", kind="bild")

    assert (file.name, file.mimetype, file.width, file.height) == ("foto.png.jpg", "image/jpeg", 40, 30)


@pytest.mark.parametrize("surplus", [0, 1])
def test_add_file_at_and_over_the_limit(entry: Submission, surplus: int) -> None:
    size = 10 * 1024 * 1024 + surplus

    if surplus:
        with pytest.raises(Refused, match="zu groß"):
            upload(entry, size=size)
    else:
        upload(entry, size=size)

    assert entry.attachments.count() == 1 - surplus


def test_add_file_beyond_the_count_leaves_nothing_in_storage(entry: Submission) -> None:
    entry.round.max_files = 1
    entry.round.save()
    kept = upload(entry)

    with pytest.raises(Refused, match="Dateien"):
        upload(entry)

    assert default_storage.listdir(f"einreichungen/{entry.pk}")[1] == [f"{kept.pk}.pdf"]


def test_add_file_in_place_of_another(entry: Submission) -> None:
    entry.round.max_files = 1
    entry.round.save()
    old = upload(entry)

    new = upload(entry, replaces=old)

    assert list(entry.attachments.present()) == [new]
    old.refresh_from_db()
    with old.file.open() as content:
        assert content.read(5) == b"%PDF-"


def test_add_something_else_named_pdf_is_rejected(entry: Submission) -> None:
    with pytest.raises(Rejected):
        upload(entry, content=io.BytesIO(b"<html><script>alert(1)</script></html>"))

    assert (entry.attachments.count(), Event.objects.count()) == (0, 0)


def test_add_file_by_a_reader_is_refused(entry: Submission) -> None:
    with pytest.raises(NotAllowed):
        upload(entry, by=factories.editor(entry, "read"))


def test_add_file_with_broken_storage_tells_and_changes_nothing(
    entry: Submission, settings: Any, tmp_path: Any
) -> None:
    (tmp_path / "full").write_text("")
    settings.FILES_URL = f"file://{tmp_path / 'full'}"

    with pytest.raises(Unavailable):
        upload(entry)

    assert (entry.attachments.count(), Event.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_add_file_keeps_it_when_only_the_answer_of_the_commit_is_lost(entry: Submission) -> None:
    with lost_answer():
        upload(entry)

    assert default_storage.exists(entry.attachments.get().file.name)


def test_file_waits_while_the_scanner_is_away(entry: Submission, settings: Any) -> None:
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    file = upload(entry)

    assert (file.scan, files.scan(file)) == ("pending", "pending")
    assert not Attachment.objects.downloadable().exists()
    assert default_storage.exists(file.file.name)


def test_verdicts_of_a_scanner(entry: Submission, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    clean, bad = upload(entry), upload(entry)
    verdicts = {clean.pk: scanner.Verdict.CLEAN, bad.pk: scanner.Verdict("Eicar-Test")}

    for file in (clean, bad):
        monkeypatch.setattr(scanner, "scan", lambda stream, file=file: verdicts[file.pk])
        files.scan(file)

    bad.refresh_from_db()
    assert [file.pk for file in Attachment.objects.downloadable()] == [clean.pk]
    assert (bad.scan, bad.finding) == ("infected", "Eicar-Test")
    assert Event.objects.get(verb="file_rejected").detail["finding"] == "Eicar-Test"
    assert [mail.to for mail in Email.objects.all()] == [[entry.owner.email]]


def test_file_without_a_verdict_holds_up_no_other(
    entry: Submission, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    poison, lost, good = upload(entry), upload(entry), upload(entry)
    default_storage.delete(lost.file.name)
    Attachment.objects.filter(pk=poison.pk).update(uploaded_at=MIDWAY - SECOND)
    asked: list[str] = []

    def judge(stream: Any) -> scanner.Verdict:
        asked.append(stream.name)
        if stream.name.endswith(poison.file.name):
            raise scanner.Unreachable("The scanner answered: INSTREAM size limit exceeded. ERROR")
        return scanner.Verdict.CLEAN

    monkeypatch.setattr(scanner, "scan", judge)
    tasks.scan_waiting_files()
    fresh = upload(entry)
    tasks.scan_waiting_files()

    scans = {file.pk: file.scan for file in Attachment.objects.all()}
    assert scans == {poison.pk: "pending", lost.pk: "pending", good.pk: "clean", fresh.pk: "clean"}
    called = [next(file for file in (poison, good, fresh) if name.endswith(file.file.name)) for name in asked]
    assert called == [poison, good, fresh, poison]


def test_sweep_ends_where_no_scanner_is_there(
    entry: Submission, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    upload(entry)
    upload(entry)

    tasks.scan_waiting_files()

    assert [record.message for record in caplog.records if "scanned" in record.message] == [
        "no file scanned: ConnectionRefusedError: [Errno 111] Connection refused"
    ]
    assert not Attachment.objects.exclude(tried_at=None).exists()


def test_sweep_ends_after_a_while_and_goes_on_with_what_is_left(
    entry: Submission, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    first, second = upload(entry), upload(entry)
    Attachment.objects.filter(pk=first.pk).update(uploaded_at=MIDWAY - SECOND)
    monkeypatch.setattr(files, "SWEEP_SECONDS", -1.0)

    def hang(stream: Any) -> scanner.Verdict:
        raise scanner.Unreachable("TimeoutError: The scanner took too long.")

    monkeypatch.setattr(scanner, "scan", hang)
    tried = []
    for _ in range(2):
        tasks.scan_waiting_files()
        tried.append(set(Attachment.objects.exclude(tried_at=None)))

    assert tried == [{first}, {first, second}]


def test_sweep_leaves_out_what_was_removed_and_stands_in_no_version(open_round: Round) -> None:
    entry = factories.complete(open_round)
    frozen = factories.attachment(entry, scan="pending")
    factories.submit(entry)
    removed, there = factories.attachment(entry, scan="pending"), factories.attachment(entry, scan="pending")
    for file in (frozen, removed):
        files.remove(file, by=entry.owner)

    assert set(Attachment.objects.unscanned()) == {frozen, there}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_verdict_on_a_file_that_is_just_removed_waits_for_its_entry(
    entry: Submission, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    file, locked, pause = upload(entry), Signal(), Signal()
    monkeypatch.setattr(scanner, "scan", lambda stream: scanner.Verdict("Eicar-Test"))

    def remove() -> None:
        with transaction.atomic():
            gate.lock(entry)
            locked.set()
            assert any(somebody_waits() or pause.wait(0.02) for _ in range(1000))
            files.remove(file, by=entry.owner)

    def judge() -> str:
        assert locked.wait(30)
        return files.scan(file)

    assert together(remove, judge) == [None, "infected"]
    assert [event.verb for event in entry.events.order_by("pk")] == ["file_added", "file_removed", "file_rejected"]


def test_files_visible_to_staff_are_those_of_versions(open_round: Round) -> None:
    entry = factories.complete(open_round)
    frozen = factories.attachment(entry)
    factories.submit(entry)
    factories.attachment(entry)
    staff = UserFactory(is_staff=True, is_superuser=True)

    assert list(Attachment.objects.visible_to(staff)) == [frozen]
    assert Attachment.objects.visible_to(entry.owner).count() == 2
    assert not Attachment.objects.visible_to(UserFactory()).exists()
