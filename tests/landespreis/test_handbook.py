"""The handbook of the office: every page shows, leads somewhere, and says the words that stand on the pages."""

import ast
import gettext
import re
from functools import cache
from html import unescape
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import django
import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils.text import capfirst

from landespreis.handbook import pages, places
from submissions.models import Round
from tests.accounts.conftest import show_factor
from tests.accounts.factories import UserFactory, staff

BASE = Path(settings.BASE_DIR)
FILES = sorted(path.stem for path in pages.FOLDER.glob("*.md"))
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
SOURCES = ("accounts", "jury", "landespreis", "portal", "submissions")
MARK = "\0"
OF_DJANGO = ("contrib/admin", "contrib/auth")
"""Whose German words stand on pages of the admin, too."""


@pytest.fixture(params=["Geschäftsstelle", "Redaktion"])
def reader(request: pytest.FixtureRequest, client: Client, db: None) -> Client:
    show_factor(client, staff(request.param))
    return client


@pytest.fixture
def office(client: Client, db: None) -> Client:
    show_factor(client, staff("Geschäftsstelle"))
    return client


def source(key: str) -> str:
    return (pages.FOLDER / f"{key}.md").read_text("utf-8")


def shown(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


# Pages -----------------------------------------------------------------------------------------------


def test_pages_are_all_files() -> None:
    assert sorted([pages.FIRST, *pages.pages()]) == FILES
    assert len(FILES) > 10


@pytest.mark.parametrize("key", FILES)
def test_page_is_shown_to_all_staff(reader: Client, key: str) -> None:
    html = shown(reader, pages.url_of(key))

    page = pages.first() if key == pages.FIRST else pages.pages()[key]
    assert html.count("<h1>") == 1
    assert f"<h1>{page.title}</h1>" in html
    assert page.html in html
    assert "**" not in page.html
    assert "](" not in page.html


def test_page_leads_on_and_back(office: Client) -> None:
    keys = list(pages.pages())

    html = shown(office, pages.url_of(keys[1]))

    assert f'href="{pages.url_of(keys[0])}">‹' in html
    assert f'class="hb-next" href="{pages.url_of(keys[2])}"' in html
    assert pages.beside(keys[0])[0] is None
    assert pages.beside(keys[-1])[1] is None


def test_page_unknown_is_not_found(office: Client) -> None:
    answers = [office.get(f"/admin/handbuch/{key}/").status_code for key in ("gibt-es-nicht", "README", "Jury")]

    assert answers == [404, 404, 404]


@pytest.mark.parametrize("url", ["/admin/handbuch/", "/admin/handbuch/hilfe/", "/admin/handbuch/bilder/01-a.png"])
def test_page_is_for_staff_only(client: Client, db: None, url: str) -> None:
    nobody = client.get(url).status_code
    show_factor(client, UserFactory())
    somebody = client.get(url).status_code

    assert (nobody, somebody) == (302, 404)


def test_page_is_kept(office: Client) -> None:
    assert pages.pages() is pages.pages()
    assert pages.first() is pages.first()


def test_page_has_no_html_of_its_own() -> None:
    page = pages.shown("x", "# Titel\n\n<script>alert(1)</script> [a](javascript:alert(1)) <b>b</b>\n\n## „A“ & <b>\n")

    assert "<script" not in page.html
    assert "<b>" not in page.html
    assert 'href="javascript' not in page.html


def test_page_has_nothing_but_what_is_allowed() -> None:
    page = pages.shown("x", "# Titel\n\n> ein Zitat\n\n#### Vierte Ebene\n\n---\n")

    assert [tag for tag in ("<blockquote", "<h4", "<hr") if tag in page.html] == []


def test_page_has_tables_with_heads_in_a_frame() -> None:
    page = pages.shown("x", '# T\n\n## „A“ & "B"\n\n| Eins | Zwei |\n|---|---|\n| a | b |\n')

    assert '<th scope="col">Eins</th>' in page.html
    assert page.html.count("<div") == page.html.count("</div>") == 1
    assert 'aria-label="Tabelle: „A“ &amp; &quot;B&quot;"' in page.html


@pytest.mark.parametrize("key", FILES)
def test_page_has_headings_in_order(key: str) -> None:
    levels = [len(marks) for marks in re.findall(r"^(#+) ", source(key), re.MULTILINE)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert source(key).startswith("# ")


@pytest.mark.parametrize("key", FILES)
def test_page_has_every_heading_once(key: str) -> None:
    titles = re.findall(r"^#{2,3} (.*)", source(key), re.MULTILINE)

    assert len({pages.anchor(title) for title in titles}) == len(titles)


# Links and pictures ----------------------------------------------------------------------------------


@pytest.mark.parametrize("key", FILES)
def test_links_lead_to_pages_and_headings(key: str) -> None:
    for is_picture, _, href in LINK.findall(source(key)):
        name, _, anchor = href.partition("#")
        if is_picture or href.startswith("https://"):
            continue
        other = name.removesuffix(".md") if name else key

        assert other in FILES, href
        titles = re.findall(r"^#{2,3} (.*)", source(other), re.MULTILINE)
        assert not anchor or anchor in {pages.anchor(title) for title in titles}, href


@pytest.mark.parametrize("key", FILES)
def test_links_shown_lead_into_the_admin(office: Client, key: str) -> None:
    html = shown(office, pages.url_of(key))
    text = html[html.index('<article class="hb-text">') : html.index("</article>")]
    anchors = set(re.findall(r' id="([^"]+)"', html))

    for href in re.findall(r'<a href="([^"]+)">', text):
        url, _, anchor = unquote(unescape(href)).partition("#")
        assert not url or url.startswith("/admin/handbuch/")
        there = set(re.findall(r' id="([^"]+)"', shown(office, url))) if url else anchors
        assert not anchor or anchor in there


@pytest.mark.parametrize("key", FILES)
def test_pictures_exist_and_are_described(office: Client, key: str) -> None:
    for is_picture, alt, href in LINK.findall(source(key)):
        if is_picture:
            answer = office.get(reverse("admin:handbook_picture", args=[href.removeprefix(pages.SHOWN)]))

            assert answer.status_code == 200, href
            assert len(alt) > 15


def test_picture_is_kept_by_the_browser_alone(office: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "01-bild.png").write_bytes(b"\x89PNG")
    monkeypatch.setattr(pages, "PICTURES", tmp_path)

    answer = office.get("/admin/handbuch/bilder/01-bild.png")

    assert answer.content == b"\x89PNG"
    assert answer.headers["Cache-Control"] == "private, max-age=3600"
    assert answer.headers["Content-Type"] == "image/png"


@pytest.mark.parametrize(
    "name",
    [
        "../jury.md",
        "..%2fREADME.md",
        "%2e%2e%2fREADME.md",
        "..",
        "README.md",
        "99-fehlt.png",
        "01-a.png%00",
        "01-ä.png",
    ],
)
def test_picture_of_another_name_is_not_found(office: Client, name: str) -> None:
    assert office.get(f"/admin/handbuch/bilder/{name}").status_code == 404


def test_picture_lies_nowhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bilder").mkdir()
    (tmp_path / "01-daneben.png").write_bytes(b"x")
    monkeypatch.setattr(pages, "PICTURES", tmp_path / "bilder")

    assert pages.picture("../01-daneben.png") is None
    assert pages.picture("01-daneben.png") is None


# From the admin to the handbook ----------------------------------------------------------------------


def test_every_page_of_the_admin_leads_to_the_handbook(office: Client, open_round: Round) -> None:
    html = shown(office, reverse("admin:submissions_queue"))

    assert f'href="{reverse("admin:handbook")}">Handbuch</a>' in html
    assert f'href="{pages.url_of("formale-pruefung")}"' in html


def test_login_of_the_admin_does_not(client: Client, db: None) -> None:
    answer = client.get(reverse("admin:index"), follow=True)

    assert "/admin/handbuch/" not in answer.content.decode()


def test_places_name_pages() -> None:
    assert set(places.PLACES.values()) <= set(pages.pages())


def test_places_know_every_list() -> None:
    lists = {f"{m._meta.app_label}_{m._meta.model_name}_changelist" for m in admin.site._registry}

    assert {name for name in lists if places.page(name) is None} == {"auth_group_changelist"}


def test_places_begin_names_of_the_admin() -> None:
    urls = get_resolver().namespace_dict["admin"][1].reverse_dict
    names = {name for name in urls if isinstance(name, str)}

    assert {begin for begin in places.PLACES if not any(name.startswith(begin) for name in names)} == set()


def test_admin_works_without_the_files(office: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "FOLDER", tmp_path)
    pages.pages.cache_clear()
    pages.first.cache_clear()

    try:
        assert shown(office, reverse("admin:index"))
        assert office.get(reverse("admin:handbook")).status_code == 404
    finally:
        pages.pages.cache_clear()
        pages.first.cache_clear()


# The words of the product ----------------------------------------------------------------------------


def _plain(text: str) -> str:
    """As people read it: the admin begins every label with a capital letter."""
    return capfirst(re.sub(r"\s+", " ", unescape(text)).strip(" \n.:…›‹"))


def _of_python(path: Path) -> set[str]:
    """Every literal; of one with values in it the pieces between them."""
    tree = ast.parse(path.read_text("utf-8"))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def _of_template(path: Path) -> set[str]:
    """What stands between tags, and the values of attributes that people see."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", MARK, text, flags=re.DOTALL)
    values = re.findall(r'(?:value|aria-label|title)="([^"<>]*)"', text)
    return {piece for found in (*re.split(r"<[^<>]*>", text), *values) for piece in found.split(MARK)}


@cache
def words() -> frozenset[str]:
    """Every phrase that the product can show."""
    found: set[str] = set()
    for folder in SOURCES:
        for path in (BASE / folder).rglob("*.py"):
            if "migrations" not in path.parts:
                found |= _of_python(path)
    for path in (BASE / "templates").rglob("*.html"):
        found |= _of_template(path)
    found |= set(re.findall(r'^title = "(.*)"', (BASE / "data" / "wordings.toml").read_text("utf-8"), re.MULTILINE))
    for part in OF_DJANGO:
        folder = Path(django.__file__).parent / part / "locale"
        catalogue = gettext.translation("django", folder, ["de"])
        assert isinstance(catalogue, gettext.GNUTranslations)
        found |= {str(said) for said in catalogue._catalog.values()}  # type: ignore[attr-defined]
    return frozenset(_plain(phrase) for phrase in found)


def rows() -> set[str]:
    """What lists are called, and what the buttons say that add a row to them."""
    models = [model._meta for model in admin.site._registry]
    said = [str(meta.verbose_name_plural) for meta in models] + [f"{meta.verbose_name} hinzufügen" for meta in models]
    return {_plain(phrase) for phrase in said}


@pytest.mark.parametrize("key", FILES)
def test_words_in_bold_stand_on_the_pages(key: str) -> None:
    said = {_plain(phrase) for phrase in BOLD.findall(source(key))}

    assert said - words() - rows() == set()
