"""Loading the register: the shipped table, the official file, and files that are neither."""

from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts import register
from accounts.models import Municipality
from landespreis.clock import BERLIN

pytestmark = pytest.mark.django_db


def load(*args: str) -> str:
    out = StringIO()
    call_command("load_municipalities", *args, stdout=out)
    return out.getvalue()


def official(record: str, key: str, name: str, kind: str) -> str:
    """One fixed-width line of GV100AD."""
    return f"{record}20261231{key:<8}{'':4}{name:<50}{'':50}{kind}{'':96}"


def test_load_takes_the_shipped_table() -> None:
    report = load()

    assert report.strip() == "Kommunen: 429 neu, 0 geändert, 0 unverändert."
    assert Municipality.objects.count() == 429
    assert Municipality.objects.filter(ags=None).count() == 2
    soest = Municipality.objects.get(ags="05974040")
    assert (soest.label, soest.choice, soest.region, soest.district_ags) == (
        "Stadt Soest",
        "Stadt Soest (05974040)",
        "Arnsberg",
        "05974",
    )


def test_load_twice_changes_nothing() -> None:
    load()
    before = list(Municipality.objects.order_by("pk").values())

    report = load()

    assert report.strip() == "Kommunen: 0 neu, 0 geändert, 429 unverändert."
    assert list(Municipality.objects.order_by("pk").values()) == before


def test_load_official_file_renames_adds_and_keeps(tmp_path: Path) -> None:
    load()
    file = tmp_path / "GV100AD.txt"
    lines = [
        official("40", "05974", "Soest", "43"),
        official("60", "05974040", "Soest, Hansestadt", "63"),
        official("60", "05974099", "Neuenwerl", "64"),
        official("60", "06411000", "Darmstadt, Wissenschaftsstadt", "61"),
    ]
    file.write_text("\n".join(lines), encoding="utf-8")

    report = load(str(file))

    assert report.startswith("Kommunen: 1 neu, 1 geändert, 1 unverändert.")
    assert "Nicht mehr in der Datei, bleiben aber im Verzeichnis: 05111000" in report
    assert Municipality.objects.count() == 430
    soest = Municipality.objects.get(ags="05974040")
    assert (soest.name, soest.label, soest.latitude) == ("Soest, Hansestadt", "Stadt Soest", 51.57558)
    added = Municipality.objects.get(ags="05974099")
    assert (added.label, added.district_ags, added.region) == ("Gemeinde Neuenwerl", "05974", "Arnsberg")
    assert added.latitude == Municipality.objects.get(ags="05974000").latitude


def test_load_takes_a_name_that_goes_on_under_another_key(tmp_path: Path, at: Callable[[datetime], None]) -> None:
    load()
    at(datetime(2027, 1, 4, 9, tzinfo=BERLIN))
    old = Municipality.objects.get(ags="05974040")
    file = tmp_path / "GV100AD.txt"
    lines = [official("40", "05974", "Soest", "43"), official("60", "05974041", old.name, "63")]
    file.write_text("\n".join(lines), encoding="utf-8")

    report = load(str(file))

    new = Municipality.objects.get(ags="05974041")
    old.refresh_from_db()
    assert (new.name, new.label) == ("Soest, Stadt", "Stadt Soest")
    assert (old.name, old.label) == ("Soest (bis 2027), Stadt", "Stadt Soest (bis 2027)")
    assert "Ihren Namen trägt jetzt eine andere Kommune: Soest (bis 2027), Stadt (05974040)." in report
    assert (register.find("Soest, Stadt"), register.find("Stadt Soest")) == ([new], [new])
    assert load(str(file)).startswith("Kommunen: 0 neu, 0 geändert, 2 unverändert.")


def test_load_takes_a_name_that_another_row_gives_up(tmp_path: Path) -> None:
    load()
    file = tmp_path / "GV100AD.txt"
    lines = [
        official("40", "05974", "Soest", "43"),
        official("60", "05974040", "Soest, Hansestadt", "63"),
        official("60", "05974041", "Soest, Stadt", "63"),
    ]
    file.write_text("\n".join(lines), encoding="utf-8")

    load(str(file))

    found = Municipality.objects.filter(ags__in=["05974040", "05974041"]).order_by("ags")
    assert [row.name for row in found] == ["Soest, Hansestadt", "Soest, Stadt"]


def test_load_official_file_in_old_encoding(tmp_path: Path) -> None:
    load()
    file = tmp_path / "GV100AD.ASC"
    file.write_text(official("60", "05974032", "Möhnesee am See", "64"), encoding="cp1252")

    load(str(file))

    assert Municipality.objects.get(ags="05974032").name == "Möhnesee am See"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("eins;zwei\n1;2\n", "Die Datei ist weder GV100AD noch eine Tabelle"),
        ("", "Die Datei ist weder GV100AD noch eine Tabelle"),
        ("ags,name,art,kreis_ags,regierungsbezirk,lat,lon\n", "enthält keine Kommune"),
        ("ags,name,art,kreis_ags,regierungsbezirk,lat,lon\n123,X,Stadt,05974,Köln,1,1\n", "„123“ ist kein AGS"),
        ("ags,name,art,kreis_ags,regierungsbezirk,lat,lon\n05974040,X,Burg,05974,Köln,1,1\n", "Zeile 2"),
        ("ags,name,art,kreis_ags,regierungsbezirk,lat,lon\n05974040,X,Stadt,05974,Köln,links,1\n", "Zeile 2"),
        ("6020261231059740400000" + " " * 100 + "63", "Dieser Satz aus GV100AD ist nicht lesbar"),
    ],
)
def test_load_refuses_a_bad_file(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "liste.csv"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(CommandError, match=message):
        load(str(file))

    assert not Municipality.objects.exists()


def test_load_names_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="lässt sich nicht lesen"):
        load(str(tmp_path / "fehlt.csv"))


def test_load_keeps_the_old_register_when_two_rows_collide(tmp_path: Path) -> None:
    load()
    file = tmp_path / "doppelt.csv"
    head = "ags,name,art,kreis_ags,regierungsbezirk,lat,lon\n"
    file.write_text(head + "05974901,X,Stadt,05974,Arnsberg,1,1\n05974902,X,Stadt,05974,Arnsberg,1,1\n")

    with pytest.raises(CommandError, match="denselben Namen oder AGS"):
        load(str(file))

    assert Municipality.objects.count() == 429
