"""Marked text: what it becomes, what is wrong in it, and that nothing but the allow-list ever comes out."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import richtext
from tests.portal import factories

TAG = re.compile(r"<\s*/?\s*([a-zA-Z0-9]+)([^>]*)>")


def html(source: str, **options: bool) -> str:
    done = richtext.render(source, **options)
    assert done.problems == []
    return done.html


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Ein Absatz\nmit Zeile\n\nund noch einer", "<p>Ein Absatz<br>mit Zeile</p>\n<p>und noch einer</p>"),
        ("## Eins\n### Zwei", "<h2>Eins</h2>\n<h3>Zwei</h3>"),
        ("Text\n## Eins\nText", "<p>Text</p>\n<h2>Eins</h2>\n<p>Text</p>"),
        ("- eins\n- zwei\n  weiter", "<ul><li>eins</li><li>zwei<br>weiter</li></ul>"),
        ("1. eins\n2) zwei", "<ol><li>eins</li><li>zwei</li></ol>"),
        ("Vorher\n- eins", "<p>Vorher</p>\n<ul><li>eins</li></ul>"),
        ("> gesagt\n> getan", "<blockquote><p>gesagt<br>getan</p></blockquote>"),
        ("**fett** und *kursiv*", "<p><strong>fett</strong> und <em>kursiv</em></p>"),
        ("**fett und *beides***", "<p><strong>fett und <em>beides</em></strong></p>"),
        ("Bürger*innen und Kämmer*innen", "<p>Bürger*innen und Kämmer*innen</p>"),
        (r"2 \* 3 \* 4", "<p>2 * 3 * 4</p>"),
        ("3 * 4 * 5", "<p>3 * 4 * 5</p>"),
        ("[Netz](https://stadt.example/a_(b))", '<p><a href="https://stadt.example/a_(b)">Netz</a></p>'),
        ("[Kontakt](/kontakt/)", '<p><a href="/kontakt/">Kontakt</a></p>'),
        ("[Name der Behörde]", "<p>[Name der Behörde]</p>"),
        ("<b>fett</b> & Co.", "<p>&lt;b&gt;fett&lt;/b&gt; &amp; Co.</p>"),
        ("", ""),
    ],
)
def test_render_knows_the_marks(source: str, expected: str) -> None:
    assert html(source) == expected


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("### zu früh", "fehlt eine Überschrift"),
        ("# Titel", "zwei Rauten"),
        ("## Eins\n#### Vier", "zwei Rauten"),
        ("[los](javascript:alert(1))", "braucht ein Ziel"),
        ("[los](//boese.example)", "braucht ein Ziel"),
        ("[los](data:text/html,x)", "braucht ein Ziel"),
    ],
)
def test_render_says_what_cannot_be_stored(source: str, said: str) -> None:
    done = richtext.render(source)

    assert len(done.problems) == 1
    assert said in done.problems[0]
    assert "javascript:" not in done.html
    assert "data:" not in done.html


def test_render_without_headings_refuses_them() -> None:
    assert "keine vorgesehen" in richtext.render("## Eins", headings=False).problems[0]


def test_render_shows_a_picture_with_its_sizes(db: None) -> None:
    picture = factories.picture(factories.jpeg(1200, 800))

    shown = html(f"![Ein Bach](bild:{picture.pk})")

    assert 'alt="Ein Bach"' in shown
    assert 'width="1200" height="800"' in shown
    assert 'loading="lazy"' in shown
    assert shown.count("<source ") == 2
    assert "480.avif 480w" in shown
    assert "Stadt Musterhausen" in shown


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("![](bild:{})", "Beschreiben Sie Bild"),
        ("![Ein Bach](bild:999999)", "gibt es nicht"),
        ("Text ![Ein Bach](bild:{})", "in einer eigenen Zeile"),
    ],
)
def test_render_asks_for_pictures_that_can_be_shown(db: None, source: str, said: str) -> None:
    picture = factories.picture()

    assert said in richtext.render(source.format(picture.pk)).problems[0]


@pytest.mark.parametrize("number", ["0{}", "\u0661", "+{}", " {}", "0", "1000000000"])
def test_picture_has_one_spelling(db: None, number: str) -> None:
    """Whoever looks for what shows a picture finds each text that does."""
    source = f"![Ein Bach](bild:{number.format(factories.picture().pk)})"

    assert (richtext.picture_numbers(source), richtext.render(source).html) == (set(), f"<p>{source}</p>")


def test_render_shows_no_picture_but_those_that_may_be(db: None) -> None:
    one, other = factories.picture(), factories.picture(factories.jpeg(500))

    done = richtext.render(f"![Eins](bild:{one.pk})\n\n![Zwei](bild:{other.pk})", pictures={one.pk})

    assert (str(one.key) in done.html, str(other.key) in done.html) == (True, False)
    assert done.problems == [f"Ein Bild mit der Nummer {other.pk} gibt es nicht. Die Nummern stehen bei den Bildern."]


def test_sanitised_drops_what_the_list_does_not_name() -> None:
    hostile = (
        '<p onclick="x()" style="color:red">a<script>alert(1)</script><iframe src="/"></iframe>'
        '<a href="javascript:x()">b</a><svg onload="x()"></svg></p>'
    )

    assert richtext.sanitised(hostile) == "<p>a<a>b</a></p>"


@given(st.text(alphabet=st.sampled_from("ab *#-_>[]()!\\\n<&\"'1./:")) | st.text())
def test_render_never_lets_anything_else_through(source: str) -> None:
    source = source.replace("bild:", "bi:")  # pictures are asked of the database

    shown = richtext.render(source).html

    for tag, attributes in TAG.findall(shown):
        assert tag in richtext.TAGS
        assert re.fullmatch(r'( href="[^"<>]*")?', attributes)
    assert richtext.sanitised(shown) == shown
