"""The verbs of editors: what they store, what they refuse, and that a rollback leaves nothing behind."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from post_office.models import Email

from accounts.models import User
from landespreis import clock, inspection
from landespreis.refusal import Refused, Unavailable
from portal.actions import downloads, faq, inquiries, news, pages, pictures
from portal.actions.texts import Unreadable
from portal.models import (
    Block,
    Download,
    FaqSection,
    FormerAddress,
    Inquiry,
    Newsletter,
    Page,
    PageVersion,
    Picture,
    Proposal,
)
from portal.models.pictures import folder
from tests.accounts.factories import StaffFactory, UserFactory
from tests.landespreis.lost import lost_answer
from tests.portal import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    user: User = StaffFactory()
    return user


# Pages -------------------------------------------------------------------------------------------------


def test_save_page_writes_a_version_each_time(editor: User) -> None:
    page = factories.page(body="Eins")
    page.body = "**Zwei**"
    pages.save(page, by=editor)

    versions = list(page.versions.order_by("number").values_list("number", "body", "saved_by"))

    assert versions == [(1, "Eins", None), (2, "**Zwei**", editor.pk)]
    assert Page.objects.get().body_html == "<p><strong>Zwei</strong></p>"


def test_save_page_unchanged_writes_no_version(editor: User) -> None:
    page = factories.page()

    pages.save(page, by=editor)

    assert page.versions.count() == 1


def test_save_page_refuses_what_cannot_be_shown(editor: User) -> None:
    page = factories.page()
    page.body = "### zu früh"

    with pytest.raises(Unreadable, match="fehlt eine Überschrift"):
        pages.save(page, by=editor)

    assert page.versions.count() == 1


def test_save_page_rolled_back_leaves_no_version() -> None:
    with transaction.atomic():
        factories.page()
        transaction.set_rollback(True)

    assert not PageVersion.objects.exists()


def test_restore_is_a_new_version_with_the_old_text(editor: User) -> None:
    page = factories.page(body="Eins", is_placeholder=True)
    page.body, page.is_placeholder = "Zwei", False
    pages.save(page, by=editor)

    pages.restore(page.versions.get(number=1), by=editor)

    fresh = Page.objects.get()
    assert (fresh.body, fresh.body_html, fresh.is_placeholder) == ("Eins", "<p>Eins</p>", True)
    assert fresh.versions.first() is not None
    assert [version.number for version in fresh.versions.all()] == [3, 2, 1]


def test_load_keeps_what_a_person_has_saved(editor: User) -> None:
    assert pages.load("impressum", title="Impressum", lead="", body="Mitgeliefert")
    assert not pages.load("impressum", title="Impressum", lead="", body="Mitgeliefert")
    assert pages.load("impressum", title="Impressum", lead="", body="Neuer mitgeliefert")
    page = Page.objects.get()
    page.body = "Von Hand"
    pages.save(page, by=editor)

    assert not pages.load("impressum", title="Impressum", lead="", body="Noch neuer mitgeliefert")
    assert Page.objects.get().body == "Von Hand"


# News --------------------------------------------------------------------------------------------------


def test_save_news_makes_an_address_from_the_title() -> None:
    items = [factories.NewsFactory(title="Übung für Städte") for _ in range(2)]

    assert [item.slug for item in items] == ["uebung-fuer-staedte", "uebung-fuer-staedte-2"]


def test_save_news_keeps_its_address_when_the_title_changes() -> None:
    item = factories.NewsFactory()
    before = item.slug
    item.title, item.slug = "Ganz anders", ""

    news.save(item)

    assert item.slug == before


def test_save_news_back_at_a_former_address_frees_it() -> None:
    item = factories.NewsFactory()
    first = item.slug
    for slug in ("zweite", first):
        item.slug = slug
        news.save(item)

    assert [row.slug for row in FormerAddress.objects.all()] == ["zweite"]


def test_save_news_gives_nobody_elses_former_address_to_a_new_item() -> None:
    item = factories.NewsFactory(title="Start")
    item.slug = "anders"
    news.save(item)

    assert factories.NewsFactory(title="Start").slug == "start-2"


@pytest.mark.parametrize("slug", ["vergeben", "feed"])
def test_save_news_refuses_an_address_that_is_taken(slug: str) -> None:
    factories.NewsFactory(slug="vergeben")

    with pytest.raises(Refused, match="ist schon vergeben"):
        factories.NewsFactory(slug=slug)


def test_save_news_called_feed_gets_another_address() -> None:
    assert factories.NewsFactory(title="Feed").slug == "feed-2"


# Questions ---------------------------------------------------------------------------------------------


def test_save_faq_gives_anchors_that_are_free_on_the_page() -> None:
    section = faq.save_section(FaqSection(title="Wer kann mitmachen?"))
    entries = [factories.faq_entry(section=section) for _ in range(2)]

    assert [section.slug, *(entry.slug for entry in entries)] == [
        "wer-kann-mitmachen", "wer-kann-mitmachen-2", "wer-kann-mitmachen-3",
    ]  # fmt: skip


def test_save_faq_refuses_headings() -> None:
    with pytest.raises(Unreadable, match="keine vorgesehen"):
        factories.faq_entry(answer="## Eins")


# Pictures ----------------------------------------------------------------------------------------------


def stored(picture: Picture) -> set[str]:
    return set(default_storage.listdir(folder(picture))[1])


def test_add_picture_stores_it_once_with_its_copies() -> None:
    picture = factories.picture(factories.jpeg(1000, 500))

    expected = {f"{width}.{form}" for width in (480, 960, 1000) for form in ("avif", "webp", "jpg")}
    assert stored(picture) == expected | {"original.jpg"}
    with pytest.raises(Refused, match="gibt es schon"):
        factories.picture(factories.jpeg(1000, 500))


def test_add_picture_that_cannot_be_written_leaves_no_file(settings: Any) -> None:
    with pytest.raises(IntegrityError):
        factories.picture(alt="")

    assert default_storage.listdir("")[0] == ["bilder"]
    assert [default_storage.listdir(f"bilder/{name}")[1] for name in default_storage.listdir("bilder")[0]] == [[]]


@pytest.mark.django_db(transaction=True)
def test_add_picture_keeps_its_files_when_only_the_answer_of_the_commit_is_lost() -> None:
    with lost_answer():
        factories.picture(factories.jpeg(300, 200))

    assert stored(Picture.objects.get()) == {"original.jpg", *(f"300.{form}" for form in ("avif", "webp", "jpg"))}


@pytest.mark.django_db(transaction=True)
def test_remove_picture_takes_its_files_along() -> None:
    picture = factories.picture()

    pictures.remove(picture)

    assert not Picture.objects.exists()
    assert not default_storage.exists(f"{folder(picture)}/480.jpg")
    assert not default_storage.exists(picture.file.name)


@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("kind", ["news", "project", "event", "proposal"])
def test_remove_picture_that_is_shown_is_refused(kind: str, written: bool) -> None:
    picture = factories.picture()
    shown = {"body": f"![Ein Bach](bild:{picture.pk})"} if written else {"picture": picture}
    {
        "news": factories.NewsFactory,
        "project": factories.ProjectFactory,
        "event": factories.EventFactory,
        "proposal": _proposal,
    }[kind](title="Am Bach", **shown)

    with pytest.raises(Refused, match="Am Bach"):
        pictures.remove(picture)

    assert Picture.objects.count() == 1


def test_remove_picture_in_a_page_or_newsletter_is_refused() -> None:
    first, second = factories.picture(), factories.picture(factories.jpeg(500))
    factories.page(title="Mit Bild im Text", body=f"![Ein Bach](bild:{first.pk})")
    issue = Newsletter.objects.create(subject="Der Start", changed_at=clock.now())
    issue.blocks.create(kind=Block.Kind.TEXT, heading="Am Bach", body=f"![Ein Bach](bild:{second.pk})")

    for picture, place in ((first, "Mit Bild im Text"), (second, "Am Bach")):
        with pytest.raises(Refused, match=place):
            pictures.remove(picture)


def _proposal(**fields: Any) -> Proposal:
    now = clock.now()
    return Proposal.objects.create(owner=UserFactory(), created_at=now, saved_at=now, **fields)


# Downloads ---------------------------------------------------------------------------------------------


def test_save_download_knows_the_file() -> None:
    file = factories.download()

    assert (file.slug, file.name, file.mimetype, file.pages) == (
        "notstrom-fuer-alle", "notstrom.pdf", "application/pdf", 1,
    )  # fmt: skip
    assert file.size == len(factories.pdf())
    assert factories.download().slug == "notstrom-fuer-alle-2"


def test_save_download_replaces_its_file() -> None:
    file = factories.download()
    before = file.file.name
    other = inspection.examine_pdf(BytesIO(factories.pdf("Neu")))

    downloads.save(file, examined=other, name="neu")

    fresh = Download.objects.get()
    assert (fresh.name, fresh.sha256) == ("neu.pdf", other.sha256)
    assert before
    assert not default_storage.exists(before)
    with fresh.file.open("rb") as content:
        assert content.read() == factories.pdf("Neu")


@pytest.mark.django_db(transaction=True)
def test_save_download_keeps_its_file_when_only_the_answer_of_the_commit_is_lost() -> None:
    with lost_answer():
        factories.download()

    assert default_storage.exists(Download.objects.get().file.name)


def test_save_download_that_cannot_be_written_leaves_no_file() -> None:
    with pytest.raises(IntegrityError):
        factories.download(occasion=None)

    assert default_storage.listdir("downloads")[1] == []


def test_save_download_without_a_scanner_that_should_be_there_is_refused(settings: Any) -> None:
    settings.CLAMD_URL = "tcp://127.0.0.1:1"

    with pytest.raises(Unavailable, match="Virenscanner"):
        factories.download()

    assert not Download.objects.exists()


# Inquiries ---------------------------------------------------------------------------------------------


def test_settle_notes_who_and_when(editor: User) -> None:
    inquiry = inquiries.settle(factories.InquiryFactory(), by=editor, note="Angerufen")

    assert (inquiry.settled_by, inquiry.note) == (editor, "Angerufen")
    with pytest.raises(Refused, match="schon erledigt"):
        inquiries.settle(inquiry, by=editor)


def test_forget_settled_deletes_only_what_was_settled_long_ago(editor: User, settings: Any) -> None:
    settings.INQUIRY_DAYS = 180
    long_ago = clock.now() - timedelta(days=180, seconds=1)
    gone = inquiries.settle(factories.InquiryFactory(), by=editor)
    Inquiry.objects.filter(pk=gone.pk).update(settled_at=long_ago)
    kept = [
        inquiries.settle(factories.InquiryFactory(), by=editor).pk,
        factories.InquiryFactory(received_at=long_ago).pk,
    ]

    assert inquiries.forget_settled() == 1
    assert set(Inquiry.objects.values_list("pk", flat=True)) == set(kept)


def test_forget_settled_takes_the_mail_along(editor: User) -> None:
    """The message stands in the mail to the Geschäftsstelle, the address in the receipt."""
    values = {"email": "anna@soest.example", "message": "Hallo"}
    gone, kept = (inquiries.receive(Inquiry.Kind.CONTACT, values, form=form) for form in "12")
    inquiries.settle(gone, by=editor)
    Inquiry.objects.filter(pk=gone.pk).update(settled_at=clock.now() - timedelta(days=181))

    inquiries.forget_settled()

    assert [kept.number in mail.message for mail in Email.objects.all()] == [True, True]


def test_receive_rolled_back_owes_no_mail() -> None:
    with transaction.atomic():
        inquiries.receive(Inquiry.Kind.CONTACT, {"email": "a@b.example", "message": "Hallo"}, form="1")
        transaction.set_rollback(True)

    assert not Email.objects.exists()
    assert not Inquiry.objects.exists()
