"""The small maps: where places lie among the shapes, what is drawn around them, and what they say in words."""

import math
import re
import xml.etree.ElementTree as ET

import pytest

from landespreis import mapping
from landespreis.mapping import Place

SOEST = Place(51.5733, 8.1065, "05974")
WERL = Place(51.5528, 7.9127, "05974")
BOCHOLT = Place(51.8388, 6.6153, "05554")
SVG = "{http://www.w3.org/2000/svg}"


def drawn(*places: Place, title: str = "Karte", description: str = "Zwei Orte.") -> ET.Element:
    return ET.fromstring(mapping.svg(places[0], places[1:], title=title, description=description))  # noqa: S314 - our own SVG


def classes(svg: ET.Element) -> list[str]:
    return [name for part in svg.iter() if (name := part.get("class")) and part is not svg]


def box(svg: ET.Element) -> list[float]:
    return [float(number) for number in svg.attrib["viewBox"].split()]


def test_shapes_are_the_53_districts() -> None:
    shapes = mapping.shapes()

    assert len({shape.key for shape in shapes}) == 53
    assert all(0 <= s.box.left < s.box.right <= 363 and 0 <= s.box.top < s.box.bottom <= 357 for s in shapes)


@pytest.mark.parametrize("place", [SOEST, WERL, BOCHOLT])
def test_place_lies_in_the_box_of_its_district(place: Place) -> None:
    x, y = mapping.project(place)
    (shape,) = (shape for shape in mapping.shapes() if shape.key == place.district)

    assert shape.box.meets(mapping.Box(x, y, x, y))


def test_outline_reads_relative_and_absolute_steps() -> None:
    assert mapping.outline("M10 20l5 -5 1 1zM0 3L4 4") == (0, 3, 16, 20)


def test_svg_ties_every_place_to_the_lead() -> None:
    svg = drawn(SOEST, WERL, BOCHOLT)

    ties = re.findall(r'd="M([\d. ]+)L', ET.tostring(svg, encoding="unicode"))
    lead = next(part for part in svg.iter() if part.get("class") == "lp-map__lead")
    assert classes(svg).count("lp-map__dot") == 2
    assert set(ties) == {f"{lead.get('cx')} {lead.get('cy')}"}
    assert len(ties) == 4


def test_svg_marks_the_districts_of_the_places_only() -> None:
    shown = drawn(SOEST, WERL)

    assert classes(shown).count("lp-map__area") == 1
    assert 0 < classes(shown).count("lp-map__land") < 53


@pytest.mark.parametrize("places", [(SOEST,), (SOEST, SOEST), (SOEST, WERL), (SOEST, BOCHOLT)])
def test_svg_has_room_around_every_place(places: tuple[Place, ...]) -> None:
    svg = drawn(*places)

    left, top, width, height = box(svg)
    for x, y in map(mapping.project, places):
        assert left + width * 0.15 < x < left + width * 0.85
        assert top + height * 0.15 < y < top + height * 0.85
    assert width == pytest.approx(1.6 * height, abs=0.02)


def test_svg_says_what_it_shows_and_escapes_it() -> None:
    svg = drawn(SOEST, WERL, title="Karte <1>", description="Soest & Werl")

    assert svg.attrib["role"] == "img"
    named = svg.attrib["aria-labelledby"].split()
    texts = {part.attrib["id"]: part.text for part in svg if part.tag in {"title", "desc", f"{SVG}title"}}
    assert [texts[name] for name in named] == ["Karte <1>", "Soest & Werl"]


def test_svg_brings_neither_style_nor_colour() -> None:
    text = mapping.svg(SOEST, [WERL], title="a", description="b")

    assert not re.search(r"style|fill=|stroke=\"", text)


def test_two_maps_on_a_page_keep_their_ids_apart() -> None:
    both = [mapping.svg(SOEST, [], title="a", description="b", name=name) for name in ("eins", "zwei")]

    assert not set(re.findall(r' id="([^"]+)"', both[0])) & set(re.findall(r' id="([^"]+)"', both[1]))


def test_svg_with_numbers_carries_those_of_a_list() -> None:
    text = mapping.svg(SOEST, [WERL, SOEST], title="a", description="b", numbers=[1, 2, 4])

    svg = ET.fromstring(text)  # noqa: S314 - our own SVG - our own
    labels = {part.text: (float(part.attrib["x"]), float(part.attrib["y"])) for part in svg if part.tag == "text"}
    dots = [(float(part.attrib["cx"]), float(part.attrib["cy"])) for part in svg if part.tag == "circle"]
    radius = {part.attrib["r"] for part in svg if part.tag == "circle"}
    assert list(labels) == ["1", "2", "4"]
    assert sorted(x for x, _ in labels.values()) == sorted(x for x, _ in dots)
    assert math.dist(labels["1"], labels["4"]) > 2 * float(radius.pop())  # the same place, and both can be read
    assert not radius


def test_scene_without_places_is_the_country() -> None:
    shown = mapping.scene(None, [])

    assert (len(shown.land), shown.area, shown.lead, shown.others) == (53, (), None, ())


def test_scene_of_places_all_over_the_country_keeps_inside() -> None:
    corners = [Place(52.5, 8.7), Place(50.4, 6.3), Place(51.8, 9.4), Place(51.1, 5.95)]

    shown = mapping.scene(corners[0], corners[1:])

    assert all(shown.frame.meets(mapping.Box(*point, *point)) for point in (shown.lead, *shown.others) if point)
    assert shown.frame.bottom - shown.frame.top < 1.3 * mapping.COUNTRY


def test_dots_and_ties_of_many_are_smaller() -> None:
    few, many = (mapping.scene(SOEST, [WERL] * amount) for amount in (3, 100))

    assert (few.dot, few.thin) == (mapping.DOT, few.unit)
    assert many.dot < few.dot / 2
    assert many.thin < many.unit / 4
