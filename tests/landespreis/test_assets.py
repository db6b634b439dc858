"""Fonts and styles cut to size: nothing that a page needs is missing, the first view is light, and all works uncut."""

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import tinycss2
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from fontTools.ttLib import TTFont

from landespreis import assets
from landespreis.templatetags import shell
from portal.models import Project
from submissions.models import Round
from tests.portal import factories

BUDGET = 120_000
"""Bytes over the wire for the first view of home, without images."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of static files in which fonts and styles are cut."""
    patch = pytest.MonkeyPatch()
    folder = tmp_path_factory.mktemp("static")
    patch.setattr(assets, "FOLDER", folder / "built")
    assets.build_fonts()
    assets.build_styles()
    yield folder
    patch.undo()


@pytest.fixture
def find(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path | None], None]]:
    """Let static files be found in a folder, too; none of those that may be made in the checkout."""

    def found_in(folder: Path | None) -> None:
        known = finders.find

        def look(path: str) -> str | list[str] | None:
            if path.startswith("built/"):
                return str(folder / path) if folder and (folder / path).exists() else None
            return known(path)

        monkeypatch.setattr(finders, "find", look)

    for tag in (shell.styles, shell.fonts):
        tag.cache_clear()
    yield found_in
    for tag in (shell.styles, shell.fonts):
        tag.cache_clear()


# Weight --------------------------------------------------------------------------------------------------


def test_first_view_of_home_is_light(
    client: Client, open_round: Round, made: Path, find: Callable[[Path | None], None]
) -> None:
    find(made)
    factories.NewsFactory.create_batch(3)
    factories.ProjectFactory.create_batch(5, abstract="Kurzbeschreibung " * 45)
    factories.EventFactory.create_batch(3)
    assert Project.objects.count() == 5

    page = client.get("/").content.decode()

    loaded = set(re.findall(r'<(?:link|script)[^>]+(?:href|src)="/static/([^"]+\.(?:css|js|woff2))"', page))
    files = {name: Path(finders.find(name) or "").read_bytes() for name in loaded}
    weights = {
        name: len(content if name.endswith("woff2") else gzip.compress(content)) for name, content in files.items()
    }
    assert sorted(weights) == [
        "built/fonts/FiraSans-Medium.woff2",
        "built/fonts/FiraSans-Regular.woff2",
        "built/fonts/FiraSans-SemiBold.woff2",
        "built/kern.css",
        "css/base.css",
        "css/home.css",
        "css/pages.css",
    ]
    assert sum(weights.values()) + len(gzip.compress(page.encode())) < BUDGET


def test_page_loads_the_originals_where_nothing_was_cut(
    client: Client, db: None, find: Callable[[Path | None], None]
) -> None:
    find(None)

    page = client.get("/").content.decode()

    assert re.findall(r'href="/static/((?:kern|built)/[^"]+)"', page) == [
        "kern/fonts/fira-sans.css",
        "kern/kern.min.css",
    ]


def test_page_loads_the_originals_where_a_font_is_missing(
    client: Client, db: None, find: Callable[[Path | None], None], tmp_path: Path
) -> None:
    (tmp_path / "built").mkdir()
    (tmp_path / "built" / "kern.css").write_text("")
    find(tmp_path)

    assert "built/" not in client.get("/").content.decode()


# Fonts ---------------------------------------------------------------------------------------------------


def test_cut_font_draws_german_and_its_typography(made: Path) -> None:
    texts = [file.read_text() for file in (settings.BASE_DIR / "data" / "demo_projects").glob("*.toml")]
    wanted = {ord(sign) for sign in "".join(texts) if sign >= " "} | set(map(ord, "ÄÖÜẞäöüß§–„“‚‘…€→ŁłŞşĞğİı"))

    for face in assets.FACES:
        with TTFont(made / "built" / "fonts" / f"{face.file}.woff2") as font:
            assert wanted - set(font.getBestCmap()) == set()
            assert {"kern", "tnum"} <= _features(font)


def _features(font: TTFont) -> set[str]:
    return {record.FeatureTag for table in ("GSUB", "GPOS") for record in font[table].table.FeatureList.FeatureRecord}


def test_every_font_that_the_rules_name_is_there(made: Path) -> None:
    named = re.findall(r'url\("([^"]+)"\)', (made / "built" / "fonts.css").read_text())

    assert len(named) == 2 * len(assets.FACES)
    for name in named:
        kern = name.removeprefix("../kern/")
        assert (assets.KERN / kern if kern != name else made / "built" / name).is_file()


def test_no_character_is_in_two_fonts(made: Path) -> None:
    rules = re.findall(r"unicode-range:([^}]+)", (made / "built" / "fonts.css").read_text())

    latin, more = (_codes(rule) for rule in rules[:2])

    assert latin & more == set()
    assert assets.LATIN & more == set()


def _codes(ranges: str) -> set[int]:
    spans = [span.removeprefix("U+").split("-") for span in ranges.split(",")]
    return {code for span in spans for code in range(int(span[0], 16), int(span[-1], 16) + 1)}


# Styles --------------------------------------------------------------------------------------------------


def test_styles_keep_every_rule_of_a_class_that_is_used(made: Path) -> None:
    """Nothing is reckoned here as in the code: each selector of the original is looked for as text."""
    texts = [file.read_text() for file in (settings.BASE_DIR / "templates").rglob("*.html")]
    used = set(re.findall(r"kern-[a-z0-9_-]+", " ".join(texts)))
    original = (assets.KERN / "kern.min.css").read_text()
    cut = (made / "built" / "kern.css").read_text()

    for name in sorted(used):
        rule = re.compile(rf"[.]{re.escape(name)}(?![a-z0-9_-])")
        if rule.search(original):
            assert rule.search(cut), name


@pytest.mark.parametrize("level", ["info", "success", "warning", "danger"])
def test_styles_keep_what_messages_fill_in(made: Path, level: str) -> None:
    cut = (made / "built" / "kern.css").read_text()

    assert f".kern-alert--{level}" in cut
    assert f".kern-icon--{level}" in cut


@pytest.mark.parametrize(("css", "left"), [
    (".kern-a{color:red}", ".kern-a{color:red}"),
    (".kern-b{color:red}", ""),
    (".kern-a,.kern-b{color:red}", ".kern-a{color:red}"),
    (".kern-a .kern-b{color:red}", ""),
    (".kern-a:not(.kern-b){color:red}", ".kern-a:not(.kern-b){color:red}"),
    ("p,.other{color:red}", "p,.other{color:red}"),
    ("@media print{.kern-a{top:0}.kern-b{top:0}}", "@media print{.kern-a{top:0}}"),
    ("@media print{.kern-b{top:0}}", ""),
    ("@keyframes x{from{top:0}}", "@keyframes x{from{top:0}}"),
    ('.kern-a{content:"}.kern-b{"}', '.kern-a{content:"}.kern-b{"}'),
    (":root{--x:1}", ":root{--x:1}"),
])  # fmt: skip
def test_pruned_leaves_out_what_needs_an_unknown_class(css: str, left: str) -> None:
    assert assets.pruned(css, frozenset(["kern-a"])) == left


def test_used_guesses_the_ends_that_a_template_fills_in() -> None:
    found = assets.used(['class="kern-x--{% if ready %}primary{% else %}{{ level }}{% endif %}"', "kern-y"])

    assert {"kern-x--primary", "kern-x--warning", "kern-y"} <= found
    assert "kern-y--primary" not in found


def test_styles_need_no_function_that_browsers_of_2023_lack() -> None:
    """A custom property that names one takes along whatever uses it: the outline of the focus, borders, grounds."""
    files = sorted((Path(settings.BASE_DIR) / "static" / "css").glob("*.css"))
    assert len(files) > 10

    assert [file.name for file in files if re.search(r"light-dark\(\w", file.read_text(encoding="utf-8"))] == []


def test_styles_can_be_read(made: Path) -> None:
    rules = tinycss2.parse_stylesheet((made / "built" / "kern.css").read_text())

    assert [rule for rule in rules if rule.type == "error"] == []
