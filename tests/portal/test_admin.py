"""What editors can do in the admin, and what it refuses with a sentence."""

from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import User
from landespreis.models import Trace
from portal.models import Download, FaqEntry, FaqSection, Inquiry, News, Page, Picture
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory
from tests.portal import factories

NEWS = {"title": "Neues aus Soest", "slug": "", "lead": "Kurz gesagt.", "body": "## Eins\n\nText", "picture": ""}
MOMENT = {"published_at_0": "20.01.2026", "published_at_1": "09:00"}
NO_ROWS = {"versions-TOTAL_FORMS": "0", "versions-INITIAL_FORMS": "0"}
KINDS = (
    "page", "news", "newscategory", "faqentry", "faqsection", "picture", "download", "inquiry", "event", "registration",
    "newsletter", "subscriber", "project", "projectcategory", "topic",
    "proposal",
)  # fmt: skip


@pytest.fixture
def editor(db: None) -> User:
    """Somebody of the Redaktion, with what `load_roles` grants."""
    call_command("load_roles", verbosity=0)
    user: User = StaffFactory()
    user.groups.add(Group.objects.get(name="Redaktion"))
    return user


@pytest.fixture
def admin(client: Client, editor: User) -> Client:
    show_factor(client, editor)
    return client


def add(admin: Client, kind: str, **values: Any) -> Any:
    return admin.post(reverse(f"admin:portal_{kind}_add"), values)


def errors(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(str(error) for rows in response.context["adminform"].form.errors.values() for error in rows)


def test_editors_see_the_portal_and_nothing_else(admin: Client) -> None:
    index = admin.get("/admin/")

    assert [app["app_label"] for app in index.context["app_list"]] == ["portal"]
    names = {model["object_name"].lower() for model in index.context["app_list"][0]["models"]}
    assert names == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_editors_open_every_list_and_form(admin: Client, kind: str) -> None:
    assert admin.get(reverse(f"admin:portal_{kind}_changelist")).status_code == 200
    if kind not in {"inquiry", "registration", "subscriber", "proposal"}:
        assert admin.get(reverse(f"admin:portal_{kind}_add")).status_code == 200


# News --------------------------------------------------------------------------------------------------


def test_news_are_stored_through_the_verb(admin: Client) -> None:
    category = factories.NewsCategoryFactory()

    response = add(admin, "news", **NEWS, **MOMENT, category=category.pk)
    assert response.status_code == 302, errors(response)

    item = News.objects.get()
    assert item.slug == "neues-aus-soest"
    assert item.body_html == "<h2>Eins</h2>\n<p>Text</p>"
    assert item.published_at is not None
    assert item.published_at.isoformat() == "2026-01-20T08:00:00+00:00"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"body": "### zu früh"}, "fehlt eine Überschrift"),
        ({"body": "![](bild:1)"}, "gibt es nicht"),
        ({"body": "a\0b"}, "ein Zeichen, das sich nicht speichern lässt"),
        ({"slug": "feed"}, "schon vergeben"),
        ({"slug": "vergeben"}, "Adresse"),
        ({"title": "Zwei\nZeilen"}, "nur in eine Zeile"),
    ],
)
def test_news_say_what_to_change(admin: Client, values: dict[str, str], said: str) -> None:
    other = factories.NewsFactory(slug="vergeben")

    response = add(admin, "news", **NEWS | MOMENT | {"category": str(other.category_id)} | values)

    assert said in errors(response)
    assert list(News.objects.all()) == [other]


def test_news_show_their_former_addresses(admin: Client) -> None:
    item = factories.NewsFactory()
    before = item.slug
    url = reverse("admin:portal_news_change", args=[item.pk])
    admin.post(url, NEWS | MOMENT | {"category": item.category_id, "slug": "neu"})

    page = admin.get(url).content.decode()

    assert before in page
    assert News.objects.get().slug == "neu"


# Marked text -------------------------------------------------------------------------------------------


def test_preview_answers_what_would_be_stored(admin: Client) -> None:
    text = "### zu früh\n\n<script>alert(1)</script> **fett**"

    answer = admin.post(reverse("admin:portal_preview"), {"text": text, "headings": "1"}).json()

    assert answer["html"] == "<h3>zu früh</h3>\n<p>&lt;script&gt;alert(1)&lt;/script&gt; <strong>fett</strong></p>"
    assert len(answer["problems"]) == 1


@pytest.mark.parametrize("url", ["portal_preview", "portal_pictures"])
def test_helpers_of_the_editor_are_for_editors(client: Client, db: None, url: str) -> None:
    show_factor(client, StaffFactory())

    assert client.post(reverse(f"admin:{url}"), {"text": "x"}).status_code == 403


def test_pictures_are_offered_with_number_and_alternative_text(admin: Client) -> None:
    picture = factories.picture()

    answer = admin.get(reverse("admin:portal_pictures")).json()

    assert answer == {"pictures": [{"number": picture.pk, "alt": picture.alt, "src": picture.thumb}]}


def test_editor_says_where_its_helpers_are(admin: Client) -> None:
    page = admin.get(reverse("admin:portal_page_add")).content.decode()
    answer = admin.get(reverse("admin:portal_faqentry_add")).content.decode()

    assert 'data-preview="/admin/portal/news/vorschau/"' in page
    assert 'data-headings="1"' in page
    assert 'type="module"' in page
    assert "data-headings" not in answer
    assert "data-pictures" not in answer


# Pages -------------------------------------------------------------------------------------------------


def test_page_is_stored_with_who_saved_it(admin: Client, editor: User) -> None:
    page = factories.page(is_placeholder=True)

    values = {"title": "Impressum", "lead": "", "body": "Jetzt **wir**"} | NO_ROWS
    admin.post(reverse("admin:portal_page_change", args=[page.pk]), values)

    page.refresh_from_db()
    last = page.versions.first()
    assert (page.body_html, page.is_placeholder) == ("<p>Jetzt <strong>wir</strong></p>", False)
    assert last is not None
    assert (last.number, last.saved_by) == (2, editor)


def test_page_of_the_footer_cannot_be_deleted(admin: Client) -> None:
    fixed, free = factories.page("impressum"), factories.page("offene-daten")

    answers = [admin.post(reverse("admin:portal_page_delete", args=[row.pk]), {"post": "yes"}) for row in (fixed, free)]

    assert [answer.status_code for answer in answers] == [403, 302]
    assert list(Page.objects.values_list("slug", flat=True)) == ["impressum"]


@pytest.mark.parametrize(
    ("slug", "free"), [("projekte", False), ("faq", False), ("admin", False), ("offene-daten", True)]
)
def test_page_keeps_to_addresses_that_are_free(admin: Client, slug: str, free: bool) -> None:
    response = add(admin, "page", title="Offene Daten", slug=slug, lead="", body="Text")

    assert Page.objects.exists() is free
    if not free:
        assert "steht schon etwas anderes" in errors(response)


def test_version_can_be_read_and_put_back(admin: Client, editor: User) -> None:
    page = factories.page(body="**Eins**")
    values = {"title": "Neu", "lead": "", "body": "Zwei"} | NO_ROWS
    admin.post(reverse("admin:portal_page_change", args=[page.pk]), values)
    url = reverse("admin:portal_version", args=[page.versions.get(number=1).pk])

    shown = admin.get(url).content.decode()
    admin.post(url)

    page.refresh_from_db()
    assert "<strong>Eins</strong>" in shown
    assert page.body == "**Eins**"
    assert page.versions.count() == 3


def test_version_that_is_not_there_has_no_link(admin: Client) -> None:
    page = factories.page()
    rows = {"versions-TOTAL_FORMS": "3", "versions-INITIAL_FORMS": "1", "versions-0-id": page.versions.get().pk}

    answer = admin.post(reverse("admin:portal_page_change", args=[page.pk]), {"title": "", "body": "Text", **rows})

    assert answer.status_code == 200
    assert answer.content.decode().count("/admin/portal/page/version/") == 1


def test_subscribers_are_taken_out_with_post_and_it_is_written_down(admin: Client, editor: User) -> None:
    factories.SubscriberFactory(email="anna@soest.example")
    path = reverse("admin:portal_subscriber_table")

    page = admin.get(f"{reverse('admin:portal_subscriber_changelist')}?q=anna").content.decode()
    by_address, lines = admin.get(path), b"".join(admin.post(f"{path}?q=anna")).decode()  # type: ignore[call-overload]

    assert f'<form class="lp-adm-inline" method="post" action="{path}?q=anna">' in page
    assert (by_address.status_code, "anna@soest.example" in lines) == (405, True)
    assert [(line.verb, line.by) for line in Trace.objects.all()] == [("exported", editor)]


def test_subscribers_of_a_filter_that_is_none_are_not_taken_out(admin: Client) -> None:
    answer = admin.post(f"{reverse('admin:portal_subscriber_table')}?gibtsnicht=1")

    assert (answer.status_code, answer.url) == (302, reverse("admin:portal_subscriber_changelist"))


def test_version_of_another_page_needs_the_right(client: Client, db: None) -> None:
    version = factories.page().versions.get()
    show_factor(client, StaffFactory())

    assert client.post(reverse("admin:portal_version", args=[version.pk])).status_code == 403


# Questions ---------------------------------------------------------------------------------------------


def test_question_and_section_get_their_anchors(admin: Client) -> None:
    add(admin, "faqsection", title="Wer mitmachen kann", slug="", position=1)
    section = FaqSection.objects.get()
    add(admin, "faqentry", section=section.pk, question="Wer?", slug="", answer="*Alle*", is_public="on", position=1)

    entry = FaqEntry.objects.get()
    assert (section.slug, entry.slug, entry.answer_html) == ("wer-mitmachen-kann", "wer", "<p><em>Alle</em></p>")


# Files -------------------------------------------------------------------------------------------------


def image(width: int, height: int) -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("1", (width, height)).save(out, "PNG")
    return SimpleUploadedFile("foto.png", out.getvalue(), "image/png")


def test_picture_is_examined_and_kept(admin: Client, editor: User) -> None:
    add(admin, "picture", upload=SimpleUploadedFile("foto.jpg", factories.jpeg()), alt="Ein Bach", credit="Stadt Soest")

    picture = Picture.objects.get()
    assert (picture.alt, picture.width, picture.added_by) == ("Ein Bach", 600, editor)


@pytest.mark.parametrize(
    ("upload", "alt", "said"),
    [
        (image(10_000, 5_000), "Fünfzig Millionen Punkte", "zu viele Bildpunkte"),
        (SimpleUploadedFile("foto.jpg", b"<svg onload='x()'></svg>"), "Kein Bild", "SVG-Grafiken"),
        (SimpleUploadedFile("foto.jpg", factories.jpeg()[:200]), "Halb", "beschädigt"),
        (image(40, 40), "", "zwingend erforderlich"),
    ],
)
def test_picture_says_why_it_is_refused(admin: Client, upload: SimpleUploadedFile, alt: str, said: str) -> None:
    upload.seek(0)

    response = add(admin, "picture", upload=upload, alt=alt, credit="Stadt Soest")

    assert said in errors(response)
    assert not Picture.objects.exists()


def test_picture_that_is_there_already_is_named(admin: Client) -> None:
    picture = factories.picture()

    upload = SimpleUploadedFile("noch-einmal.jpg", factories.jpeg())

    assert str(picture) in errors(add(admin, "picture", upload=upload, alt="Dasselbe", credit="Stadt Soest"))


def test_picture_that_is_shown_is_not_deleted(admin: Client) -> None:
    picture = factories.picture()
    factories.page(title="Mit Bild", body=f"![Ein Bach](bild:{picture.pk})")

    response = admin.post(reverse("admin:portal_picture_delete", args=[picture.pk]), {"post": "yes"}, follow=True)

    assert "steht noch hier: Mit Bild" in response.content.decode()
    assert Picture.objects.exists()


def test_download_is_examined_and_kept(admin: Client) -> None:
    values = {"title": "Vortrag", "slug": "", "occasion": "Jahrestagung 2025", "held_on": "25.06.2025"} | MOMENT

    empty = add(admin, "download", **values)
    wrong = add(admin, "download", **values, upload=SimpleUploadedFile("vortrag.pdf", factories.jpeg()))
    add(admin, "download", **values, upload=SimpleUploadedFile("vortrag.pdf", factories.pdf()))

    assert "Wählen Sie die Datei" in errors(empty)
    assert "JPEG-Bilder werden hier nicht angenommen" in errors(wrong)
    assert Download.objects.get().name == "vortrag.pdf"


# Inquiries ---------------------------------------------------------------------------------------------


def test_inquiry_is_settled_once(admin: Client, editor: User) -> None:
    inquiry = factories.InquiryFactory()
    url = reverse("admin:portal_inquiry_change", args=[inquiry.pk])

    for note in ("Angerufen", "Noch einmal"):
        admin.post(url, {"_settle": "1", "note": note})

    inquiry.refresh_from_db()
    assert (inquiry.settled_by, inquiry.note) == (editor, "Angerufen")
    assert "_settle" not in admin.get(url).content.decode()


def test_inquiry_cannot_be_rewritten(admin: Client) -> None:
    inquiry = factories.InquiryFactory()

    admin.post(reverse("admin:portal_inquiry_change", args=[inquiry.pk]), {"message": "Anders"})

    assert Inquiry.objects.get().message == inquiry.message


def test_inquiries_are_listed_by_whether_they_wait(admin: Client) -> None:
    waiting = factories.InquiryFactory(subject="Wartet noch")

    lists = [
        admin.get(f"{reverse('admin:portal_inquiry_changelist')}?stand={stand}").content.decode()
        for stand in ("offen", "erledigt")
    ]

    assert [waiting.subject in shown for shown in lists] == [True, False]
