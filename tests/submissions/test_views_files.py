"""The files pages: upload, image details, replace, delete, download, and who may."""

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from rehearsal.bucket import Bucket
from rehearsal.machines import free_port
from submissions.models import Attachment, Event, Partner, Round, Submission
from tests.accounts.factories import MunicipalityFactory, StaffFactory, UserFactory
from tests.conftest import CLOSES, SECOND
from tests.submissions import factories

Kind, Scan = Attachment.Kind, Attachment.Scan
NOWHERE = "00000000-0000-4000-8000-000000000000"


def pdf(pages: int = 1, **options: Any) -> bytes:
    document, out = pikepdf.new(), io.BytesIO()
    for _ in range(pages):
        document.add_blank_page()
    document.save(out, **options)
    return out.getvalue()


def sized(size: int) -> bytes:
    """Return a PDF of exactly `size` bytes."""
    filler, content = size, b""
    while len(content) != size:
        filler += size - len(content) if content else -2000
        document, out = pikepdf.new(), io.BytesIO()
        document.add_blank_page()
        document.Root.Filler = document.make_stream(b"x" * filler)
        document.save(out, compress_streams=False)
        content = out.getvalue()
    return content


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "teal").save(out, "PNG")
    return out.getvalue()


def upload(content: bytes | None = None, name: str = "niederschrift.pdf", kind: str = "bestaetigung") -> dict[str, Any]:
    return {"kind": kind, "datei": SimpleUploadedFile(name, pdf() if content is None else content)}


@pytest.fixture
def entry(open_round: Round) -> Submission:
    return factories.draft(open_round)


@pytest.fixture
def owner(client: Client, entry: Submission) -> Client:
    client.force_login(entry.owner)
    return client


def page(entry: Submission) -> str:
    return reverse("submissions:files", args=[entry.pk])


def of(file: Attachment, name: str, entry: Submission | None = None) -> str:
    return reverse(f"submissions:{name}", args=[(entry or file.submission).pk, file.pk])


def image(entry: Submission, **fields: Any) -> Attachment:
    return factories.attachment(entry, **{"kind": Kind.IMAGE, "name": "pegel.jpg", "mimetype": "image/jpeg"} | fields)


def test_files_says_the_limits_of_the_round(owner: Client, entry: Submission) -> None:
    Round.objects.update(max_file_megabytes=7, max_files=4)

    html = owner.get(page(entry)).content.decode()

    assert "Höchstens 7 MB je Datei, höchstens 4 Dateien." in html
    assert f'data-max-bytes="{7 * 1024 * 1024}"' in html
    assert 'accept=".pdf,.jpg,.jpeg,.png,.webp"' in html
    assert "checked" not in html
    assert "Abschnitt 12 von 12" in html


def test_files_keeps_a_pdf(owner: Client, entry: Submission) -> None:
    response = owner.post(page(entry), upload(pdf(3)))

    file = entry.attachments.get()
    assert (response.status_code, response.headers["Location"]) == (302, f"{page(entry)}#stand")
    assert (file.name, file.kind, file.pages, file.scan) == ("niederschrift.pdf", "bestaetigung", 3, Scan.CLEAN)
    html = owner.get(page(entry)).content.decode()
    assert "niederschrift.pdf ist hochgeladen." in html
    assert "3 Seiten · hochgeladen am 20. Januar 2026, 10:30 Uhr von Ihnen" in html
    assert "in Ordnung" in html


def test_files_keeps_an_image_and_asks_for_its_details(owner: Client, entry: Submission) -> None:
    owner.post(page(entry), upload(picture(), "pegel.png", "bild"))

    html = owner.get(page(entry)).content.decode()

    file = entry.attachments.get()
    assert "30 × 20 Pixel" in html
    assert "Alternativtext und Bildrechte fehlen" in html
    assert f'id="id_alt_{file.pk}"' in html
    assert f'id="id_rights_{file.pk}"' in html


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Akten\\plan.pdf", "plan.pdf"),
        ("Pegel 🌊 Übersicht.pdf", "Pegel 🌊 Übersicht.pdf"),
        ("<b>.pdf", "<b>.pdf"),
        ("ohne-endung", "ohne-endung.pdf"),
        ("bild.jpg", "bild.jpg.pdf"),
    ],
)
def test_files_cleans_names(owner: Client, entry: Submission, raw: str, shown: str) -> None:
    file = SimpleUploadedFile("x.pdf", pdf())
    file._name = raw  # as a hostile client sends it: Django's own setter would clean it here

    response = owner.post(page(entry), {"kind": "anlage", "datei": file})

    assert response.status_code == 302
    assert entry.attachments.get().name == shown
    assert "<b>.pdf" not in owner.get(page(entry)).content.decode()


def test_files_shortens_a_long_name(owner: Client, entry: Submission) -> None:
    owner.post(page(entry), upload(name="x" * 296 + ".pdf"))

    file = entry.attachments.get()
    assert (len(file.name), file.name[-5:]) == (120, "x.pdf")
    downloaded = owner.get(of(file, "file"))
    assert downloaded.status_code == 200
    downloaded.getvalue()


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ({"kind": "bestaetigung"}, "datei", "Wählen Sie die Datei auf Ihrem Gerät aus."),
        ({"datei": b"%PDF"}, "kind", "Wählen Sie, was für eine Datei das ist."),
        ({"kind": "film", "datei": b"%PDF"}, "kind", "Wählen Sie, was für eine Datei das ist."),
        ({"kind": "anlage", "datei": b""}, "datei", "Die Datei ist leer."),
        ({"kind": "anlage", "datei": "kein Formularteil"}, "datei", "Wählen Sie die Datei"),
        ({"kind": "anlage", "datei": b"<html><body>x</body></html>"}, "datei", "PDF"),
        ({"kind": "anlage", "datei": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}, "datei", "PDF"),
        ({"kind": "anlage", "datei": b"PK\x03\x04" + b"\0" * 60}, "datei", "PDF"),
        (
            {"kind": "anlage", "datei": pdf(encryption=pikepdf.Encryption(owner="a", user="b"))},
            "datei",
            "verschlüsselt",
        ),
        ({"kind": "bild", "datei": pdf()}, "datei", "PDF"),
        ({"kind": "anlage", "datei": picture()}, "datei", "PNG"),
    ],
)
def test_files_explains_what_is_wrong_and_loses_nothing(
    owner: Client, entry: Submission, data: dict[str, Any], field: str, message: str
) -> None:
    kept = factories.attachment(entry)
    sent = {
        key: SimpleUploadedFile("datei.pdf", value) if isinstance(value, bytes) else value
        for key, value in data.items()
    }

    response = owner.post(page(entry), sent)

    html = response.content.decode()
    form = response.context["form"]
    assert response.status_code == 422
    assert list(form.errors) == [field]
    assert message in form.errors[field][0]
    assert form["kind"].value() == data.get("kind")
    assert f'href="#id_{field}' in html
    assert "Ihre übrigen Dateien und Angaben sind unverändert." in html
    assert list(entry.attachments.present()) == [kept]


def test_files_takes_the_limit_and_refuses_one_byte_more(owner: Client, entry: Submission) -> None:
    Round.objects.update(max_file_megabytes=1)
    limit = 1024 * 1024

    over = owner.post(page(entry), upload(sized(limit + 1)))
    fits = owner.post(page(entry), upload(sized(limit)))

    assert over.status_code == 409
    assert "zu groß. Erlaubt sind 1 MB." in over.context["form"].errors["datei"][0]
    assert fits.status_code == 302
    assert entry.attachments.get().size == limit


def test_files_takes_no_more_than_the_round_says(owner: Client, entry: Submission) -> None:
    Round.objects.update(max_files=1)
    factories.attachment(entry)

    shown = owner.get(page(entry)).content.decode()
    response = owner.post(page(entry), upload())

    assert "Alle Plätze sind belegt" in shown
    assert "data-upload" not in shown
    assert response.status_code == 409
    assert "Es sind schon 1 Dateien da" in response.context["form"].errors["datei"][0]
    assert "Löschen Sie zuerst eine." in response.content.decode()


def test_files_says_when_the_storage_fails(owner: Client, entry: Submission, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    settings.FILES_URL = f"file://{tmp_path}/taken"

    response = owner.post(page(entry), upload())

    html = response.content.decode()
    assert response.status_code == 503
    assert "Der Dateispeicher antwortet gerade nicht oder ist voll." in html
    assert "<h1" in html.partition('id="fehler"')[2]
    assert response.context["form"]["kind"].value() == "bestaetigung"
    assert not entry.attachments.exists()


def test_files_says_when_the_storage_is_silent(
    owner: Client, entry: Submission, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And whoever comes next is told at once."""
    monkeypatch.setattr("landespreis.storages.time", SimpleNamespace(monotonic=lambda: 0.0))
    bucket = Bucket(free_port(), tmp_path)
    bucket.open()
    bucket.waits.clear()
    settings.FILES_URL = f"{bucket.url}&timeout=0.2"

    said = [owner.post(page(entry), upload()) for _ in range(2)]

    assert [response.status_code for response in said] == [503, 503]
    for response in said:
        assert "Der Dateispeicher antwortet" in response.content.decode()
        assert response.context["form"]["kind"].value() == "bestaetigung"
    assert (bucket.asked, entry.attachments.exists()) == (2, False)
    bucket.close()
    bucket.open()
    settings.FILES_URL = f"{bucket.url}&timeout=5"
    assert owner.post(page(entry), upload()).status_code == 302
    assert [attachment.file.size for attachment in entry.attachments.all()] == [len(pdf())]
    bucket.close()


def test_files_says_when_the_upload_finds_no_room(
    owner: Client, entry: Submission, settings: Any, tmp_path: Path
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "missing")

    response = owner.post(page(entry), upload())

    assert response.status_code == 503
    assert "nicht gespeichert werden" in response.context["form"].errors["datei"][0]
    assert response.context["form"]["kind"].value() == "bestaetigung"


def test_files_shows_waiting_and_rejected_ones(owner: Client, entry: Submission) -> None:
    waiting = factories.attachment(entry, name="plan.pdf", scan=Scan.PENDING)
    rejected = factories.attachment(entry, name="boese.pdf", scan=Scan.INFECTED, finding="Eicar-Test")

    html = owner.get(page(entry)).content.decode()

    assert "wird geprüft" in html
    assert "dauert meist weniger als eine Minute" in html
    assert "abgelehnt" in html
    assert "(Eicar-Test)" in html
    assert 'aria-label="Hinweis entfernen: boese.pdf"' in html
    assert f'href="{of(waiting, "file")}"' not in html
    assert of(rejected, "file_replace") not in html


def test_file_describe_saves_and_says_so(owner: Client, entry: Submission) -> None:
    file = image(entry)

    response = owner.post(of(file, "file_describe"), {"alt": "Ein Pegelmast am Bach.", "rights": "Stadt Soest"})

    file.refresh_from_db()
    assert response.headers["Location"] == f"{page(entry)}#stand"
    assert (file.alt, file.rights) == ("Ein Pegelmast am Bach.", "Stadt Soest")
    html = owner.get(page(entry)).content.decode()
    assert "Die Angaben zu pegel.jpg sind gespeichert." in html
    assert "in Ordnung" in html
    assert Event.objects.get().verb == Event.Verb.FILE_DESCRIBED


def test_file_describe_accepts_half_of_it(owner: Client, entry: Submission) -> None:
    file = image(entry)

    owner.post(of(file, "file_describe"), {"alt": "", "rights": "Stadt Soest"})

    assert "Alternativtext fehlt" in owner.get(page(entry)).content.decode()


def test_file_describe_keeps_a_text_over_the_limit_on_the_page(owner: Client, entry: Submission) -> None:
    file, other = image(entry), image(entry, name="wehr.jpg", alt="Ein Wehr.", rights="Stadt Werl")

    response = owner.post(of(file, "file_describe"), {"alt": "a" * 201, "rights": "Stadt Soest"})

    html = response.content.decode()
    file.refresh_from_db()
    assert response.status_code == 422
    assert "Kürzen Sie auf höchstens 200 Zeichen; es sind 201." in html
    assert f'href="#id_alt_{file.pk}"' in html
    assert "a" * 201 in html
    assert 'value="Ein Wehr."' in html
    assert (file.alt, other.alt) == ("", "Ein Wehr.")


def test_file_describe_knows_only_present_images_of_the_entry(owner: Client, entry: Submission) -> None:
    foreign = image(factories.draft(entry.round))
    gone = image(entry, removed_at=entry.created_at)
    plain = factories.attachment(entry)

    for url in (of(foreign, "file_describe"), of(foreign, "file_describe", entry), of(gone, "file_describe")):
        assert owner.post(url, {"alt": "x"}).status_code == 404
    assert owner.post(of(plain, "file_describe"), {"alt": "x"}).status_code == 404
    assert owner.get(of(image(entry), "file_describe")).status_code == 405


def test_file_replace_puts_the_new_one_in_its_place(owner: Client, entry: Submission) -> None:
    file = image(entry, alt="Ein Pegelmast.", rights="Stadt Soest")
    url = of(file, "file_replace")

    shown = owner.get(url).content.decode()
    response = owner.post(url, {"datei": SimpleUploadedFile("neu.png", picture())})

    fresh = entry.attachments.present().get()
    assert 'accept=".jpg,.jpeg,.png,.webp"' in shown
    assert response.headers["Location"] == f"{page(entry)}#stand"
    assert (fresh.name, fresh.kind, fresh.alt, fresh.rights) == ("neu.png", "bild", "Ein Pegelmast.", "Stadt Soest")
    assert "pegel.jpg ist durch neu.png ersetzt." in owner.get(page(entry)).content.decode()


@pytest.mark.parametrize(("content", "status"), [(None, 422), (b"", 422), (b"kein Bild", 422)])
def test_file_replace_keeps_the_old_one_when_the_new_one_is_wrong(
    owner: Client, entry: Submission, content: bytes | None, status: int
) -> None:
    file = image(entry)
    data = {} if content is None else {"datei": SimpleUploadedFile("neu.png", content)}

    response = owner.post(of(file, "file_replace"), data)

    assert response.status_code == status
    assert response.context["form"].errors["datei"]
    assert "Die bisherige Datei ist unverändert." in response.content.decode()
    assert entry.attachments.present().get() == file


def test_file_replace_works_when_all_places_are_taken(owner: Client, entry: Submission) -> None:
    Round.objects.update(max_files=1)
    file = factories.attachment(entry)

    response = owner.post(of(file, "file_replace"), {"datei": SimpleUploadedFile("neu.pdf", pdf())})

    assert response.status_code == 302
    assert entry.attachments.present().get().name == "neu.pdf"


def test_file_remove_asks_first_and_twice_is_once(owner: Client, entry: Submission) -> None:
    file = factories.attachment(entry)
    url = of(file, "file_remove")

    asked = owner.get(url)
    answers = [owner.post(url), owner.post(url), owner.get(url)]

    assert "Datei löschen?" in asked.content.decode()
    assert [answer.headers["Location"] for answer in answers] == [f"{page(entry)}#stand"] * 3
    assert not entry.attachments.present().exists()
    assert Event.objects.filter(verb=Event.Verb.FILE_REMOVED).count() == 1


def test_file_remove_of_a_rejected_one_takes_the_notice_away(owner: Client, entry: Submission) -> None:
    file = factories.attachment(entry, scan=Scan.INFECTED)

    assert "Hinweis entfernen?" in owner.get(of(file, "file_remove")).content.decode()


def test_removed_file_of_a_version_can_still_be_downloaded(client: Client, open_round: Round) -> None:
    entry = factories.complete(open_round)
    file = factories.attachment(entry, name="plan.pdf")
    factories.submit(entry)
    client.force_login(entry.owner)

    asked = client.get(of(file, "file_remove")).content.decode()
    client.post(of(file, "file_remove"))
    response = client.get(of(file, "file"))

    assert "Dort bleibt sie." in asked
    assert response.getvalue() == factories.PDF


def test_download_comes_as_attachment_that_no_browser_runs(owner: Client, entry: Submission) -> None:
    file = factories.attachment(entry, name="Plan für Werl.pdf")

    response = owner.get(of(file, "file"))

    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    response.getvalue()


@pytest.mark.parametrize("scan", [Scan.PENDING, Scan.INFECTED])
def test_download_waits_for_the_scanner(owner: Client, entry: Submission, scan: str) -> None:
    assert owner.get(of(factories.attachment(entry, scan=scan), "file")).status_code == 404


def test_download_says_when_the_storage_fails(owner: Client, entry: Submission, tmp_path: Path) -> None:
    file = factories.attachment(entry)
    shutil.rmtree(tmp_path / "files")

    response = owner.get(of(file, "file"))

    assert response.status_code == 503
    assert "gerade nicht abrufbar" in response.content.decode()


def test_download_knows_only_files_of_the_entry(owner: Client, entry: Submission) -> None:
    foreign = factories.attachment(factories.draft(entry.round))

    assert owner.get(of(foreign, "file")).status_code == 404
    assert owner.get(of(foreign, "file", entry)).status_code == 404
    assert owner.get(reverse("submissions:file", args=[entry.pk, NOWHERE])).status_code == 404
    assert owner.get(reverse("submissions:file_remove", args=[entry.pk, NOWHERE])).status_code == 404


def test_download_of_staff_ends_at_what_was_handed_in(client: Client, open_round: Round) -> None:
    entry = factories.complete(open_round)
    handed_in = factories.attachment(entry)
    factories.submit(entry)
    later = factories.attachment(entry)
    staff = StaffFactory(superuser=True)
    client.force_login(staff)
    session = client.session
    session["accounts_second_factor_shown_by"] = staff.pk
    session.save()

    response = client.get(of(handed_in, "file"))

    assert (response.status_code, client.get(of(later, "file")).status_code) == (200, 404)
    response.getvalue()


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [("owner", 200, 302), ("submit", 200, 302), ("edit", 200, 302), ("read", 200, 403), ("stranger", 404, 404)],
)
def test_files_by_role(login: Callable[[Any], Client], entry: Submission, role: str, reads: int, writes: int) -> None:
    file = image(entry)
    person = {"owner": entry.owner, "stranger": UserFactory()}.get(role) or factories.editor(entry, role)
    client = login(person)

    shown = client.get(page(entry))
    downloaded = client.get(of(file, "file"))

    assert (shown.status_code, downloaded.status_code) == (reads, reads)
    downloaded.getvalue()
    if reads == 200:
        assert ("<form" in shown.content.decode().partition("<main")[2]) == (writes == 302)
    asked = 200 if writes == 302 else writes
    assert client.get(of(file, "file_replace")).status_code == asked
    assert client.get(of(file, "file_remove")).status_code == asked
    assert client.post(page(entry), upload()).status_code == writes
    assert client.post(page(entry), {}).status_code == (422 if writes == 302 else writes)
    assert client.post(of(file, "file_describe"), {"alt": "x"}).status_code == writes
    assert (
        client.post(of(file, "file_replace"), {"datei": SimpleUploadedFile("n.png", picture())}).status_code == writes
    )
    last = entry.attachments.present()[0]
    assert client.post(of(last, "file_remove")).status_code == writes


def test_files_asks_anonymous_to_log_in(client: Client, entry: Submission) -> None:
    file = image(entry)

    answers = [
        client.get(page(entry)),
        client.post(page(entry), upload()),
        *(client.get(of(file, name)) for name in ("file", "file_replace", "file_remove")),
        *(client.post(of(file, name)) for name in ("file_describe", "file_replace", "file_remove")),
    ]

    assert all(answer.headers["Location"].startswith(reverse("account_login")) for answer in answers)
    assert entry.attachments.present().get() == file


def test_files_after_the_deadline_can_be_read_only(owner: Client, entry: Submission, at: Callable[[Any], None]) -> None:
    file = image(entry)
    at(CLOSES - SECOND)
    owner.force_login(entry.owner)
    opened = owner.get(page(entry)).content.decode()
    at(CLOSES)

    html = owner.get(page(entry)).content.decode()
    downloaded = owner.get(of(file, "file"))

    assert ("<form" in opened.partition("<main")[2], "<form" in html.partition("<main")[2]) == (True, False)
    assert downloaded.status_code == 200
    downloaded.getvalue()
    assert owner.post(page(entry), upload()).status_code == 409
    assert owner.post(of(file, "file_describe"), {"alt": "x"}).status_code == 409
    for name in ("file_replace", "file_remove"):
        assert owner.get(of(file, name)).status_code == 409
        assert owner.post(of(file, name)).status_code == 409
    assert entry.attachments.present().get() == file


def test_files_needs_the_same_queries_for_three(owner: Client, entry: Submission) -> None:
    Partner.objects.create(submission=entry, municipality=MunicipalityFactory())
    counted = []
    owner.get(page(entry))  # the round's rulebook is kept from now on
    for more in (1, 2):
        for _ in range(more):
            image(entry)
        entry.attachments.filter(uploaded_by=entry.owner).update(uploaded_by=UserFactory())
        with CaptureQueriesContext(connection) as queries:
            owner.get(page(entry))
        counted.append(len(queries))

    assert counted[0] == counted[1] <= 13
