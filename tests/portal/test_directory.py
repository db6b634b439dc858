"""What the directory finds and counts, how its addresses read and are written, what a row and the map say."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils.safestring import SafeString

from accounts.models import Municipality
from landespreis import clock
from portal.actions import projects
from portal.directory import country, filters, finding, markup, pieces, reading, rows
from portal.directory.search import LONGEST, MOST, NEWEST, PARAMETERS, RELEVANCE, TITLE, UNKNOWN, Filter, Kind, Search
from portal.models import Edition, Project, ProjectFacet, ProjectPartner, Topic
from portal.models.projects import ProjectQuerySet
from submissions.models import Partner
from tests.accounts.factories import MunicipalityFactory
from tests.portal import factories


def asked(query: str) -> Search:
    return Search.of(QueryDict(query))


def found(query: str) -> list[Project]:
    search = asked(query)
    keys = finding.keys(search, finding.worded(search, clock.now(), {}), 0, 20)
    return [reading.made(*row) for row in reading.of_keys(keys, clock.now())]


def counted(query: str) -> finding.Counts:
    search = asked(query)
    return finding.Counts.made(answered(search, clock.now()).counted)


def answered(search: Search, now: datetime) -> finding.Answer:
    return finding.answer(search, finding.worded(search, now, {}), 20)


def town(name: str, district: str, region: str, number: int) -> Municipality:
    made: Municipality = MunicipalityFactory(
        name=f"{name}, Stadt", label=f"Stadt {name}", ags=f"{district}{number:03}", district_ags=district, region=region
    )
    return made


# What an address says ------------------------------------------------------------------------------------


def test_search_reads_everything_an_address_may_say() -> None:
    search = asked("q=Bauakte+Soest&kategorie=umwelt&kategorie=krisen&kreis=05974&sortierung=titel&seite=3")

    assert search.words == "Bauakte Soest"
    assert search.filters == [
        Filter("kategorie", "umwelt"), Filter("kategorie", "krisen"), Filter("kreis", "05974")
    ]  # fmt: skip
    assert search.sort == TITLE


@pytest.mark.parametrize(("query", "sort"), [
    ("", NEWEST), ("sortierung=titel", TITLE), ("sortierung=;DROP", NEWEST), ("sortierung=relevanz", NEWEST),
    ("q=x", RELEVANCE), ("q=x&sortierung=neueste", NEWEST), ("q=x&sortierung=relevanz", RELEVANCE),
])  # fmt: skip
def test_relevance_is_an_order_only_of_words(query: str, sort: str) -> None:
    search = asked(query)

    assert search.sort == sort
    assert (RELEVANCE in search.sorts) is bool(search.words)


def test_words_are_cut_and_without_control_characters() -> None:
    assert asked("q=%00+Bau%00akte%0A%20%20").words == "Bau akte"
    assert len(asked("q=" + "ab+" * 5000).words) <= LONGEST


def test_values_are_few_different_and_of_the_right_form() -> None:
    many = "&".join(f"thema=t{n % 50}" for n in range(500))

    assert asked(many).chosen["thema"] == tuple(f"t{n}" for n in range(MOST))
    assert asked("thema=&thema=a&thema=a").chosen == {"thema": ("a",)}
    assert asked("thema=%00&thema=" + "x" * 500 + "&thema=Ä;DROP").chosen == {"thema": (UNKNOWN,)}


def test_address_is_written_in_one_way() -> None:
    one = asked("thema=klima&seite=2&kategorie=umwelt&q=+Bach++und%26&sortierung=neueste&unbekannt=1")

    assert one.query() == "q=Bach+und%26&kategorie=umwelt&thema=klima&sortierung=neueste"
    assert asked(one.query()).query() == one.query()
    assert asked("sortierung=neueste&q=").query() == ""


def test_address_without_one_filter() -> None:
    search = asked("q=Bach&kategorie=umwelt&kategorie=krisen&sortierung=titel")

    assert search.without(Filter("kategorie", "krisen")).query() == "q=Bach&kategorie=umwelt&sortierung=titel"
    assert search.wordless().query() == "kategorie=umwelt&kategorie=krisen&sortierung=titel"
    assert asked("kreis=05974").without(Filter("kreis", "05974")).chosen == {}


def test_address_of_each_value_replaces_its_group() -> None:
    in_district = asked("q=kreis%3DANY&kreis=05111&kreis=05112&kategorie=umwelt").each("kreis")

    assert in_district("05974") == "q=kreis%3DANY&kategorie=umwelt&kreis=05974"


@pytest.mark.parametrize(("query", "simple"), [
    ("", True), ("kreis=05974", True), ("seite=2", True), ("kreis=05974&kreis=05111", False), ("q=Bach", False),
    ("kreis=05974&thema=klima", False),
])  # fmt: skip
def test_simple_searches_may_be_indexed_by_others(query: str, simple: bool) -> None:
    assert asked(query).is_simple is simple


def test_parameters_are_those_of_the_pages() -> None:
    assert set(PARAMETERS) == {
        "q", "kategorie", "thema", "bezirk", "kreis", "kommune", "wettbewerb", "auszeichnung", "sortierung", "seite"
    }  # fmt: skip


# What is found ------------------------------------------------------------------------------------------


@pytest.fixture
def three(db: None) -> dict[str, Project]:
    """Three projects of two categories in two Kreise; the newest is the first in the list, the last by title."""
    soest, werl = town("Soest", "05974", "Arnsberg", 40), town("Werl", "05974", "Arnsberg", 52)
    borken = town("Borken", "05554", "Münster", 12)
    umwelt, krisen = (factories.ProjectCategoryFactory(key=key, short_name=key.title()) for key in ("umwelt", "krisen"))
    klima, wasser = (factories.TopicFactory(slug=slug, name=slug.title()) for slug in ("klima", "wasser"))
    now = clock.now()
    make = factories.ProjectFactory
    return {
        "zoo": make(
            title="Zoo", category=umwelt, lead=soest, partners=[werl], topics=[klima, wasser], is_funded=True,
            published_at=now - timedelta(hours=1), edition="1. Landespreis 2021/22", prize_year=2022,
        ),
        "aue": make(
            title="Aue", category=umwelt, lead=borken, topics=[klima], published_at=now - timedelta(hours=2),
            edition="2. Landespreis 2025/26",
        ),
        "uebung": make(title="Übung", category=krisen, lead=borken, partners=[soest, "Verband Lippe"],
                       published_at=now - timedelta(hours=3)),
    }  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), [
    ("", ["zoo", "aue", "uebung"]),
    ("sortierung=titel", ["aue", "uebung", "zoo"]),
    ("q=Bauakten", ["zoo", "aue", "uebung"]),
    ("kategorie=umwelt", ["zoo", "aue"]),
    ("kategorie=umwelt&kategorie=krisen", ["zoo", "aue", "uebung"]),
    ("thema=wasser", ["zoo"]),
    ("kategorie=umwelt&thema=klima&kreis=05554", ["aue"]),
    ("bezirk=arnsberg", ["zoo", "uebung"]),
    ("kreis=05974", ["zoo", "uebung"]),
    ("kommune=05974052", ["zoo"]),
    ("kommune=05974040", ["zoo", "uebung"]),
    ("wettbewerb=1-landespreis-2021-22", ["zoo"]),
    ("wettbewerb=ausserhalb", ["uebung"]),
    ("auszeichnung=preis", ["zoo"]),
    ("auszeichnung=foerderung", ["zoo"]),
    ("kategorie=krisen&thema=klima", []),
    ("thema=erfunden", []),
    ("thema=erfunden&thema=klima", ["zoo", "aue"]),
    ("q=Zoo&kategorie=umwelt", ["zoo"]),
    ("q=Zoo&kategorie=krisen", []),
])  # fmt: skip
def test_values_of_a_group_are_alternatives_and_groups_add_up(
    three: dict[str, Project], query: str, expected: list[str]
) -> None:
    assert found(query) == [three[name] for name in expected]
    assert counted(query).total == len(expected)


def test_only_what_is_out_is_found_and_counted(three: dict[str, Project]) -> None:
    category = three["zoo"].category
    factories.ProjectFactory(planned=True, category=category)
    factories.ProjectFactory(draft=True, category=category)

    assert found("kategorie=umwelt") == [three["zoo"], three["aue"]]
    assert counted("").total == 3
    assert counted("").of("kategorie") == {"umwelt": 2, "krisen": 1}


def test_counts_tell_what_choosing_a_value_gives(three: dict[str, Project]) -> None:
    whole = counted("")

    assert whole.of("thema") == {"klima": 2, "wasser": 1}
    assert whole.of("kreis") == {"05974": 2, "05554": 2}
    assert whole.of("kommune") == {"05974040": 2, "05974052": 1, "05554012": 2}
    assert whole.of("bezirk") == {"arnsberg": 2, "muenster": 2}
    assert whole.of("auszeichnung") == {"preis": 1, "foerderung": 1}


def test_choice_in_a_group_does_not_shrink_its_own_counts(three: dict[str, Project]) -> None:
    chosen = counted("kategorie=krisen")

    assert chosen.of("kategorie") == {"umwelt": 2, "krisen": 1}
    assert chosen.of("kreis") == {"05974": 1, "05554": 1}
    assert chosen.of("thema") == {}


def test_counts_hold_to_the_choices_in_all_other_groups(three: dict[str, Project]) -> None:
    chosen = counted("kategorie=umwelt&kreis=05554&q=Bauakten")

    assert chosen.of("kategorie") == {"umwelt": 1, "krisen": 1}
    assert chosen.of("kreis") == {"05974": 1, "05554": 1}
    assert chosen.of("wettbewerb") == {"2-landespreis-2025-26": 1}
    assert chosen.total == 1


@pytest.mark.parametrize("query", ["", "kategorie=umwelt", "kategorie=umwelt&thema=klima&kreis=05974&bezirk=arnsberg"])
def test_counting_asks_the_database_once(
    three: dict[str, Project], query: str, django_assert_num_queries: Callable[..., Any]
) -> None:
    with django_assert_num_queries(1):
        counted(query)


def test_facets_of_a_project_without_any_do_not_hide_it(three: dict[str, Project]) -> None:
    ProjectFacet.objects.filter(project=three["aue"]).delete()

    assert counted("").total == len(found("")) == 3


@pytest.mark.parametrize("query", ["q=und", "q=und&kategorie=umwelt&thema=klima"])
def test_words_that_cannot_be_looked_for_find_nothing(three: dict[str, Project], query: str) -> None:
    assert counted(query).total == 0
    assert found(query) == []


@pytest.mark.parametrize("query", ["", "q=Bauakten", "kategorie=umwelt&sortierung=titel"])
def test_list_is_read_page_by_page(three: dict[str, Project], query: str) -> None:
    search, whole = asked(query), found(query)
    pages = [finding.keys(search, finding.worded(search, clock.now(), {}), start, 1) for start in range(len(whole) + 1)]

    assert pages == [*((project.pk,) for project in whole), ()]


@pytest.mark.parametrize("query", ["", "q=Bauakten", "q=Bauakten&sortierung=titel", "kategorie=umwelt", "q=nirgends"])
def test_answer_begins_with_the_first_of_the_list(three: dict[str, Project], query: str) -> None:
    search, now = asked(query), clock.now()
    found = finding.worded(search, now, {})

    first = [finding.answer(search, found, amount).first for amount in (1, 2, 20)]

    assert first == [finding.keys(search, found, 0, amount) for amount in (1, 2, 20)]


@pytest.mark.parametrize(
    "query", ["q=Bauakten", "q=Bauakten&kategorie=umwelt", "q=Bauakten&sortierung=titel", "q=nirgends"]
)
def test_keys_are_the_same_where_the_stamp_is_and_none_where_it_is_another(
    three: dict[str, Project], query: str
) -> None:
    search, now = asked(query), clock.now()
    found = finding.worded(search, now, {})
    whole = finding.answer(search, found, 20)

    assert finding.keys(search, found, 0, 20, whole.stamp) == whole.first
    assert finding.keys(search, found, 0, 20, "something else") == ()


def test_stamp_is_of_what_fits_the_words_whatever_else_is_chosen(three: dict[str, Project]) -> None:
    whole, chosen, other = (
        answered(asked(query), clock.now()).stamp for query in ("q=Bauakten", "q=Bauakten&kreis=05974", "q=Zoo")
    )

    assert whole == chosen != other


def test_rows_of_keys_stand_in_their_order_and_only_while_they_are_out(three: dict[str, Project]) -> None:
    keys = [three[name].pk for name in ("zoo", "aue")]
    Project.objects.filter(pk=three["aue"].pk).update(published_at=clock.now() + timedelta(minutes=1))

    shown = [
        [reading.made(*row).title for row in reading.of_keys([*order, 0], clock.now() + timedelta(minutes=minutes))]
        for order, minutes in ((keys, 2), (keys[::-1], 2), (keys, 0))
    ]

    assert shown == [["Zoo", three["aue"].title], [three["aue"].title, "Zoo"], ["Zoo"]]


def test_words_are_composed_once_and_found_at_any_moment(three: dict[str, Project]) -> None:
    search, now = asked("q=Bauakten"), clock.now()

    amounts = [
        finding.Counts.made(answered(search, now - timedelta(minutes=minutes)).counted).total
        for minutes in (0, 61, 121, 181, 0)
    ]

    assert amounts == [3, 2, 1, 0, 3]


# The filter --------------------------------------------------------------------------------------------


def names() -> filters.Names:
    return filters.names(*filters.named(clock.now()))


def groups(query: str) -> dict[str, filters.Group]:
    made = filters.groups(asked(query), counted(query), names())
    return {group.kind: group for group in made}


def boxes(group: filters.Group) -> list[tuple[str, str, bool]]:
    return [(box.name, box.number, box.is_chosen) for box in group.boxes]


def test_filter_names_values_and_hides_what_gives_nothing(three: dict[str, Project]) -> None:
    factories.ProjectCategoryFactory(name="Leer")

    shown = groups("")

    assert boxes(shown["kategorie"]) == [("Krisen", "1", False), ("Umwelt", "2", False)]
    assert boxes(shown["bezirk"]) == [("Arnsberg", "2", False), ("Münster", "2", False)]
    assert boxes(shown["wettbewerb"]) == [
        ("2. Landespreis 2025/26", "1", False), ("1. Landespreis 2021/22", "1", False),
        ("außerhalb des Wettbewerbs", "1", False),
    ]  # fmt: skip
    assert boxes(shown["auszeichnung"]) == [("Preisträger", "1", False), ("vom Land gefördert", "1", False)]


def test_filter_keeps_what_is_chosen_though_it_gives_nothing(three: dict[str, Project]) -> None:
    shown = groups("kategorie=krisen&thema=wasser&thema=erfunden")

    assert boxes(shown["kategorie"]) == [("Krisen", "0", True), ("Umwelt", "1", False)]
    assert boxes(shown["thema"]) == [("Wasser", "0", True), ("unbekannt", "0", True)]


def test_filter_offers_many_values_in_a_list(three: dict[str, Project]) -> None:
    shown = groups("kreis=05974")["kreis"]

    assert boxes(shown) == [("Kreis Soest", "2", True)]
    assert shown.options == '<option value="05554">Kreis Borken (2)</option>'


def test_filter_folds_the_rarer_of_many_topics(three: dict[str, Project]) -> None:
    topics = [factories.TopicFactory(name=f"Neu {n:02}", slug=f"neu-{n:02}") for n in range(12)]
    factories.ProjectFactory(topics=topics)
    factories.ProjectFactory(topics=topics[4:])

    shown = groups("thema=neu-01")["thema"]

    assert [box.name for box in shown.boxes] == ["Klima", *(f"Neu {n:02}" for n in (1, 4, 5, 6, 7, 8, 9, 10))]
    assert [box.name for box in shown.folded] == ["Neu 00", "Neu 02", "Neu 03", "Neu 11", "Wasser"]


def test_editions_stand_by_their_numbers_and_topics_in_german_order(db: None) -> None:
    topics = [factories.TopicFactory(name=name, slug=name[:2].lower(), position=1) for name in ("Zoo", "Öl", "Obst")]
    for number in (2, 10, 1):
        factories.ProjectFactory(edition=f"{number}. Landespreis", topics=topics)

    shown = groups("")

    assert [box.name for box in shown["wettbewerb"].boxes] == ["10. Landespreis", "2. Landespreis", "1. Landespreis"]
    assert [box.name for box in shown["thema"].boxes] == ["Obst", "Öl", "Zoo"]


def test_filter_of_an_empty_directory_has_no_group(db: None) -> None:
    assert groups("") == {}


def test_hostile_names_are_text_in_the_list(db: None) -> None:
    factories.ProjectFactory(lead=MunicipalityFactory(name="<b>\"Ort'", ags="05974999", district_ags="05974"))

    assert groups("")["kommune"].options == '<option value="05974999">&lt;b&gt;&quot;Ort&#x27; (1)</option>'


def test_hostile_names_and_values_are_text_in_boxes() -> None:
    box = filters.Box('"><i>', "<b>", "1", True)
    group = filters.Group("thema", "<u>", [box], [box], "<s>", SafeString())

    shown = markup.fieldsets([group])

    assert not re.search("<[ibus]>", shown)
    assert shown.count('value="&quot;&gt;&lt;i&gt;" checked') == 2


def test_boxes_say_to_screen_readers_how_many_projects_there_are() -> None:
    boxes = [filters.Box(number, "Kreis", number, is_chosen=False) for number in ("1", "2")]

    shown = markup.fieldsets([filters.Group("kreis", "Kreis", boxes, [], "", SafeString())])

    assert re.findall(r"(\d)<span class=\"kern-sr-only\"> (Projekte?)<", shown) == [("1", "Projekt"), ("2", "Projekte")]


def test_chips_name_what_is_chosen_and_lead_to_the_search_without_it(three: dict[str, Project]) -> None:
    chips = filters.chips(asked("q=Bach&kreis=05974&thema=erfunden&sortierung=titel"), names())

    assert chips == [
        filters.Chip("„Bach“", "thema=erfunden&kreis=05974&sortierung=titel"),
        filters.Chip("Thema unbekannt", "q=Bach&kreis=05974&sortierung=titel"),
        filters.Chip("Kreis Soest", "q=Bach&thema=erfunden&sortierung=titel"),
    ]


def test_every_group_has_a_title() -> None:
    assert set(filters.TITLES) == set(Kind)


def test_pieces_are_those_of_the_search_and_its_numbers(three: dict[str, Project]) -> None:
    def made(query: str) -> tuple[str, str, tuple[filters.Chip, ...]]:
        search, now = asked(query), clock.now()
        shown = pieces.of(search, now, Edition.objects.every()).pieces
        return shown.filter, shown.map["drawn"], shown.chips

    whole, chosen = made(""), made("kategorie=umwelt")
    again = made("")
    three["aue"].facets.filter(kind="thema").delete()
    fewer = made("")
    Topic.objects.filter(slug="klima").update(name="Wetter")
    renamed = made("")

    assert again == whole
    assert len({whole[0], chosen[0], fewer[0], renamed[0]}) == 4
    assert len({whole[1], chosen[1]}) == 2
    assert "Wetter" in renamed[0]


@pytest.mark.parametrize(("text", "kept"), [("Zwei Städte und ihre Bauakten.", True), ("Von anderem.", False)])
def test_pieces_of_a_search_stay_while_it_finds_the_same_projects(
    three: dict[str, Project], text: str, kept: bool
) -> None:
    def shown() -> pieces.Shown:
        return pieces.of(asked("q=Bauakten"), clock.now(), Edition.objects.every())

    before = shown()
    three["zoo"].abstract = text
    projects.save(three["zoo"])
    after = shown()

    assert (after.pieces is before.pieces) is kept
    assert after.pieces.counts.total == before.pieces.counts.total - (not kept)


# Rows ----------------------------------------------------------------------------------------------------


def row(project: Project) -> rows.Row:
    return rows.rows(Project.objects.with_all().filter(pk=project.pk))[0]


def listed(projects: ProjectQuerySet) -> list[Project]:
    return [reading.made(*row) for row in reading.whole("ORDER BY own.title", ())]


def test_row_tells_what_a_visitor_wants_to_know(three: dict[str, Project]) -> None:
    shown = row(three["zoo"])

    assert shown == rows.Row(
        url="/projekte/zoo/",
        title="Zoo",
        category="Umwelt",
        abstract="Zwei Städte führen ihre Bauakten in einem System.",
        places="Soest und Werl",
        prize="Preisträger 2022",
        is_funded=True,
        map=shown.map,
        photo=None,
    )


def test_row_names_partners_from_abroad_with_their_country(three: dict[str, Project]) -> None:
    project = three["aue"]
    for name, country_ in (("Zevenaar", Partner.Country.NL), ("Verband Eins", Partner.Country.DE)):
        ProjectPartner.objects.create(project=project, name=name, country=country_, kind=Partner.Kind.ZWECKVERBAND)

    assert row(project).places == "Borken, Zevenaar (Niederlande) und Verband Eins"


@pytest.mark.parametrize("read", [ProjectQuerySet.with_all, listed])
def test_rows_are_read_in_few_queries(
    three: dict[str, Project], django_assert_num_queries: Callable[..., Any], read: Callable[[Any], Any]
) -> None:
    at_once = read is listed and connection.vendor == "postgresql"

    with django_assert_num_queries(1 if at_once else 2):
        shown = rows.rows(read(Project.objects.order_by("title")))

    assert [row.places for row in shown] == ["Borken", "Soest und Werl", "Borken, Soest und Verband Lippe"]


def test_rows_show_the_same_however_they_were_read(three: dict[str, Project]) -> None:
    Project.objects.filter(pk=three["zoo"].pk).update(picture=factories.picture())
    ordered = Project.objects.order_by("title")

    assert rows.rows(listed(ordered)) == rows.rows(ordered.with_all())


@pytest.mark.parametrize("change", [
    lambda p: Project.objects.filter(pk=p.pk).update(title="Anders"),
    lambda p: Project.objects.filter(pk=p.pk).update(is_funded=False),
    lambda p: Project.objects.filter(pk=p.pk).update(picture=factories.picture()),
    lambda p: p.partners.create(name="Verband", kind=Partner.Kind.ZWECKVERBAND),
    lambda p: Municipality.objects.filter(pk=p.lead_id).update(name="Neustadt, Stadt"),
    lambda p: Municipality.objects.filter(name="Werl, Stadt").update(name="Neu, Stadt"),
    lambda p: type(p.category).objects.filter(pk=p.category_id).update(short_name="Neu"),
    lambda p: type(p.category).objects.filter(pk=p.category_id).update(hue="violett"),
])  # fmt: skip
def test_item_is_drawn_anew_with_everything_it_shows(three: dict[str, Project], change: Callable[[Any], Any]) -> None:
    def item() -> str:
        return markup.projects(reading.whole("WHERE own.id = %s", [three["zoo"].pk]))

    before = item()

    assert item() == before
    change(three["zoo"])
    assert item() != before


@pytest.mark.parametrize(("text", "short"), [
    ("Kurz und gut.", "Kurz und gut."),
    ("Ein  Text\nmit Umbruch", "Ein Text mit …"),
    ("Aufgaben, gemeinsam", "Aufgaben …"),
    ("Donaudampfschifffahrt", "Donaudampfschi …"),
])  # fmt: skip
def test_abstract_is_cut_between_words(text: str, short: str) -> None:
    assert rows.shortened(text, 15) == short


# The country -----------------------------------------------------------------------------------------


def test_country_has_53_districts_in_five_regions() -> None:
    assert len(country.districts()) == 53
    assert [region.name for region in country.regions()] == ["Arnsberg", "Detmold", "Düsseldorf", "Köln", "Münster"]
    assert {district.region for district in country.districts()} == {region.value for region in country.regions()}
    assert country.District("05974", "Kreis Soest", "arnsberg") in country.districts()


@pytest.mark.parametrize(("most", "labels"), [
    (0, ["keine"]),
    (1, ["keine", "1"]),
    (3, ["keine", "1", "2", "3"]),
    (4, ["keine", "1", "2", "3", "4 und mehr"]),
    (9, ["keine", "1–2", "3–4", "5–6", "7 und mehr"]),
    (300, ["keine", "1–75", "76–150", "151–225", "226 und mehr"]),
    (8000, ["keine", "1–2.000", "2.001–4.000", "4.001–6.000", "6.001 und mehr"]),
])  # fmt: skip
def test_legend_tells_the_span_of_each_colour(most: int, labels: list[str]) -> None:
    assert [step.label for step in country.steps(most)] == labels


@pytest.mark.parametrize("most", [1, 3, 9, 10, 300])
def test_every_number_has_the_colour_of_its_span(most: int) -> None:
    assert country.step(0, most) == 0
    for step in country.steps(most)[1:]:
        low, _, high = step.label.removesuffix(" und mehr").partition("–")
        assert country.step(int(low), most) == country.step(int(high or low), most) == step.number
    assert country.step(most, most) == country.steps(most)[-1].number


def test_map_links_every_district_and_says_its_number() -> None:
    drawn = country.drawn({"05974": 9, "05911": 1}, lambda key: f"/projekte/?q=a&kreis={key}")

    assert drawn.count("<a ") == 53
    assert '<a href="/projekte/?q=a&amp;kreis=05974"><title>Kreis Soest: 9 Projekte</title><path class="m4"' in drawn
    assert "<title>Bochum: 1 Projekt</title>" in drawn
    assert drawn.count("keine Projekte") == 51


def test_tables_hold_the_numbers_of_the_map() -> None:
    parts = country.parts({"arnsberg": 10}, {"05974": 9, "05911": 1}, lambda value: value, lambda key: key)

    assert parts[0].region == country.Line("arnsberg", "Arnsberg", 10)
    assert sum(len(part.districts) for part in parts) == 53
    assert country.largest(parts, 5) == [
        country.Line("05974", "Kreis Soest", 9), country.Line("05911", "Bochum", 1)
    ]  # fmt: skip


def test_names_of_the_map_are_those_of_the_register(db: None) -> None:
    factories.ProjectFactory(lead=town("Soest", "05974", "Arnsberg", 40))

    assert boxes(groups("bezirk=arnsberg&kreis=05974")["kreis"]) == [("Kreis Soest", "1", True)]
    assert boxes(groups("bezirk=arnsberg")["bezirk"]) == [("Arnsberg", "1", True)]
