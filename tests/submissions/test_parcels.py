"""The ZIP of a category: who may have it, what is in it, what never is, and that it opens from disk."""

import io
import json
import zipfile
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import PurePosixPath
from urllib.parse import unquote

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pikepdf import Pdf

from accounts.models import User
from landespreis import packing
from landespreis.models import Parcel
from submissions import parcels, receipt
from submissions.actions import handing_in, receipts
from submissions.models import Attachment, Category, Receipt, Round, Submission
from tests.accounts.factories import MembershipFactory, MunicipalityFactory, staff
from tests.submissions import factories


@pytest.fixture
def category(open_round: Round) -> Category:
    return open_round.categories.get(key="krisen")


def packed(category: Category) -> zipfile.ZipFile:
    by = staff("Geschäftsstelle")
    parcel = packing.owe(parcels.KIND, title="Krisen", params={"category": category.pk}, by=by)
    assert packing.fulfil(parcel), Parcel.objects.get(pk=parcel.pk).error
    parcel.refresh_from_db()
    with parcel.file.open("rb") as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


class Links(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in {"href", "src"} and value]


def digested(content: bytes) -> str:
    return sha256(content).hexdigest()


def attached(entry: Submission, name: str) -> Attachment:
    file = factories.attachment(entry, name=name)
    file.sha256 = digested(factories.PDF)
    file.save()
    return file


def test_zip_holds_pdf_json_receipt_and_files_of_each_entry(open_round: Round, category: Category) -> None:
    entry = factories.complete(open_round, title="Pegel", lead=MunicipalityFactory(name="Soest"))
    attached(entry, "Beschluss.pdf")
    version = factories.submit(entry)
    receipts.fulfil_all()

    made = packed(category)

    assert made.namelist() == [
        "IKZ-2026-0001 Stadt Soest/IKZ-2026-0001.pdf",
        "IKZ-2026-0001 Stadt Soest/Eingangsbestaetigung IKZ-2026-0001 Version 1.pdf",
        "IKZ-2026-0001 Stadt Soest/IKZ-2026-0001.json",
        "IKZ-2026-0001 Stadt Soest/Dateien/Beschluss.pdf",
        "index.html",
        "manifest.json",
    ]
    assert digested(made.read("IKZ-2026-0001 Stadt Soest/IKZ-2026-0001.json")) == version.sha256
    assert made.read("IKZ-2026-0001 Stadt Soest/Dateien/Beschluss.pdf") == factories.PDF
    kept = Receipt.objects.get().file
    with kept.open("rb") as file:
        assert made.read(made.namelist()[1]) == file.read()
    with Pdf.open(io.BytesIO(made.read(made.namelist()[0]))) as document:
        assert "Pegel" in str(document.docinfo["/Title"])


def test_manifest_has_the_hash_of_every_file(open_round: Round, category: Category) -> None:
    factories.submitted(open_round)

    made = packed(category)

    manifest = json.loads(made.read("manifest.json"))
    assert {row["name"]: row["sha256"] for row in manifest["files"]} == {
        name: digested(made.read(name)) for name in made.namelist() if name != "manifest.json"
    }
    assert (manifest["round"], manifest["category"], manifest["entries"]) == (open_round.key, "krisen", 1)


def test_index_opens_from_disk(open_round: Round, category: Category) -> None:
    entry = factories.complete(open_round, lead=MunicipalityFactory(name="Rheda & Wieden#brück"))
    attached(entry, "50 % mehr? #1.pdf")
    factories.submit(entry)

    made = packed(category)

    links = Links(made.read("index.html").decode()).found
    assert [link for link in links if not link.startswith("#")] != []
    for link in links:
        assert link.startswith("#") or unquote(link) in made.namelist()


def test_index_escapes_what_people_wrote(open_round: Round, category: Category) -> None:
    factories.submitted(open_round, title="<script>alert(1)</script>", abstract='"><img src=x onerror=alert(1)>')

    html = packed(category).read("index.html").decode()

    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html


def test_zip_holds_the_version_that_counts_and_no_draft(open_round: Round, category: Category) -> None:
    entry = factories.submitted(open_round, title="Gezählt")
    Submission.objects.filter(pk=entry.pk).update(title="Danach geändert")
    attached(entry, "danach.pdf")
    factories.complete(open_round, title="Nie eingereicht")

    made = packed(category)

    everything = "\n".join([*made.namelist(), made.read("index.html").decode(), *map(str, made.infolist())])
    assert json.loads(made.read(made.namelist()[2]))["title"] == "Gezählt"
    for hidden in ("Danach", "danach", "Nie eingereicht"):
        assert hidden not in everything
    assert len([name for name in made.namelist() if name.endswith(".json")]) == 2


def test_zip_leaves_out_what_was_withdrawn_and_other_categories(open_round: Round, category: Category) -> None:
    factories.submitted(open_round)
    gone = factories.submitted(open_round)
    handing_in.withdraw(gone, by=gone.owner)
    elsewhere = open_round.categories.exclude(pk=category.pk).first()
    factories.submitted(open_round, category=elsewhere)

    folders = {name.split()[0] for name in packed(category).namelist() if "/" in name}

    assert folders == {"IKZ-2026-0001"}


def test_zip_of_nothing_is_given_up_with_words(category: Category) -> None:
    parcel = packing.owe(parcels.KIND, title="Leer", params={"category": category.pk}, by=staff("Geschäftsstelle"))

    assert not packing.fulfil(parcel)
    parcel.refresh_from_db()
    assert (parcel.state, parcel.error) == ("failed", parcels.EMPTY)


def test_files_of_one_name_and_names_that_lead_out(open_round: Round, category: Category) -> None:
    entry = factories.complete(open_round)
    for name in ("Anlage.pdf", "anlage.pdf", "../../oben.pdf", 'a:b*c?"<>|.pdf', "CON. .pdf"):
        attached(entry, name)
    factories.submit(entry)

    names = {PurePosixPath(name).name.lower() for name in packed(category).namelist() if "/Dateien/" in name}

    assert names == {"-..-oben.pdf", "anlage.pdf", "anlage (2).pdf", "_con.pdf", "a-b-c-.pdf"}


def test_lost_and_changed_files_are_named(open_round: Round, category: Category) -> None:
    entry = factories.complete(open_round)
    lost, _changed = attached(entry, "verloren.pdf"), factories.attachment(entry, name="anders.pdf")
    factories.submit(entry)
    default_storage.delete(lost.file.name)

    made = packed(category)

    html, manifest = made.read("index.html").decode(), json.loads(made.read("manifest.json"))
    assert f"Achtung: {parcels.LOST}" in html
    assert f"Achtung: {parcels.CHANGED}" in html
    assert sorted(line.rpartition("/")[2] for line in manifest["not_as_handed_in"]) == [
        f"anders.pdf: {parcels.CHANGED}", f"verloren.pdf: {parcels.LOST}",
    ]  # fmt: skip


def test_files_that_are_not_scanned_stay_out(open_round: Round, category: Category) -> None:
    entry = factories.complete(open_round)
    file = attached(entry, "neu.pdf")
    factories.submit(entry)
    Attachment.objects.filter(pk=file.pk).update(scan=Attachment.Scan.PENDING)

    made = packed(category)

    assert not [name for name in made.namelist() if "/Dateien/" in name]
    assert parcels.NOT_CLEAN in made.read("index.html").decode()


def test_receipt_that_is_still_owed_is_made(open_round: Round, category: Category) -> None:
    entry = factories.submitted(open_round)
    assert entry.current

    made = packed(category)

    assert made.read(made.namelist()[1]) == receipt.render(entry.current)


def test_offers_are_for_the_office_and_name_what_there_is(open_round: Round, category: Category) -> None:
    factories.submitted(open_round)
    office = staff("Geschäftsstelle")

    (offer,) = parcels.offers(office)

    assert (offer.kind, offer.params) == (parcels.KIND, {"category": category.pk})
    assert offer.what.startswith("1 Einreichung:")
    assert list(parcels.offers(staff("Redaktion"))) == []
    assert list(parcels.offers(MembershipFactory().user)) == []


def test_offers_take_the_same_queries_for_many(open_round: Round) -> None:
    office = staff("Geschäftsstelle")
    counts = []
    for category in list(open_round.categories.all())[:3]:
        factories.submitted(open_round, category=category)
        with CaptureQueriesContext(connection) as queries:
            list(parcels.offers(User.objects.get(pk=office.pk)))
        counts.append(len(queries))

    assert counts[0] == counts[-1]


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Straße & Ärger.pdf", "Straße & Ärger.pdf"),
        ("ohne", "ohne"),
        ("x" * 200 + ".pdf", "x" * 76 + ".pdf"),
        ("...", "Datei"),
        (".htaccess", "htaccess"),
        ("zwei\nzeilen.pdf", "zweizeilen.pdf"),
    ],
)
def test_safe_names(raw: str, name: str) -> None:
    assert parcels.safe(raw) == name
