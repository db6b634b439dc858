"""The Eingangsbestätigung: what it says, that it is valid whatever people wrote, and that it encloses the version."""

from io import BytesIO
from typing import Any

import page
import pytest
from django.template.loader import render_to_string
from pikepdf import Encryption, Pdf

from submissions import receipt
from tests.submissions import sample

AWKWARD: dict[str, dict[str, Any]] = {
    "first version, no files": {"version": 1, "replaces": None, "files": []},
    "as little as possible": {
        "partners": [],
        "legal_form": None,
        "state": None,
        "agreed_on": None,
        "state_since": None,
        "department": "",
        "answers": [],
        "files": [],
        "abstract": "",
        "submitted_by": {"name": "Meike Brandhorst", "municipality": ""},
        "lead": {"ags": None, "label": "Landschaftsverband Rheinland"},
    },
    "thirty partners": {"partners": [{"label": f"Gemeinde Musterhausen an der Lippe {n}"} for n in range(30)]},
    "200 letters without a space": {"title": "W" * 200, "department": "ä" * 120},
    "emoji and other scripts": {"title": "🌻 Grüne 👨‍👩‍👧‍👦 Höfe ✓ Łódź Проверка 日本 עברית"},
    "control characters": {"title": "a\x07b\x1b[0m\u202egpj.exe\ufeff\u2028", "department": "\x7f\x85"},
    "markup": {"title": "<script>alert(1)</script> &amp; {{ number }} <b>", "department": "</td></tr></table>"},
    "long and hostile file names": {
        "files": [
            sample.file("ohne_leerzeichen" * 20 + ".pdf", 10_000_000),
            sample.file("../../\u202efdp.exe\n📎.pdf", 0),
            *(sample.file(f"anlage {n}.pdf", 999 * n) for n in range(8)),
        ]
    },
}


def said(**changes: Any) -> dict[str, Any]:
    return receipt.context(sample.payload(**changes), sha256="ab" * 32)


def facts(**changes: Any) -> dict[str, str]:
    return dict(said(**changes)["facts"])


def test_context_says_number_version_and_moment_with_zone() -> None:
    words = said()

    assert (words["number"], words["version"]) == ("IKZ-2026-0042", 2)
    assert words["submitted_at"] == "Dienstag, 3. Februar 2026, 16:08:27 Uhr (MEZ)"
    assert words["submitted_at_utc"] == "15:08:27 UTC"
    assert words["deadline"] == "Montag, 9. Februar 2026, 24:00 Uhr (MEZ)"
    assert words["replaces"] == "ersetzt Version 1 vom 28. Januar 2026"


def test_context_names_the_day_in_utc_where_it_is_another_one() -> None:
    words = said(submitted_at="2026-02-02T23:30:00+00:00")

    assert words["submitted_at"] == "Dienstag, 3. Februar 2026, 00:30:00 Uhr (MEZ)"
    assert words["submitted_at_utc"] == "2. Februar 2026, 23:30:00 UTC"


def test_context_of_a_first_version_replaces_nothing() -> None:
    assert said(version=1, replaces=None)["replaces"] == ""


@pytest.mark.parametrize(
    ("deadline", "extended"), [("2026-02-09T23:00:00+00:00", False), ("2026-02-20T23:00:00+00:00", True)]
)
def test_context_tells_an_own_deadline_from_the_rounds(deadline: str, extended: bool) -> None:
    assert said(deadline=deadline)["extended"] is extended


def test_context_lists_what_was_handed_in() -> None:
    assert facts() == {
        "Titel": "PegelVerbund Hellweg: ein gemeinsames Warnsystem für Starkregen",
        "Kategorie": "Interkommunale Zusammenarbeit in der Krisenbewältigung",
        "Federführend": "Stadt Soest (AGS 05974040)",
        "Partner": "Gemeinde\xa0Bad\xa0Sassendorf, Gemeinde\xa0Möhnesee, Gemeinde\xa0Welver, Stadt\xa0Werl",
        "Rechtsform": "Öffentlich-rechtliche Vereinbarung, vereinbart am 14. März 2023",
        "Stand": "Im Betrieb seit dem 1. Mai 2023",
        "Eingereicht von": "Meike Brandhorst, Stadt Soest",
        "Erklärungen": "Teilnahmebedingungen, Richtigkeit, Gremienbeschlüsse und Datenschutz: bestätigt. "
        "Veröffentlichung der Kurzbeschreibung: zugestimmt.",
    }


@pytest.mark.parametrize(
    ("controlled", "expected"),
    [
        (None, "GmbH"),
        (True, "GmbH, kommunal beherrscht"),
        (False, "GmbH, nicht kommunal beherrscht"),
    ],
)
def test_context_says_who_controls_a_private_form(controlled: bool | None, expected: str) -> None:
    form = {"key": "privat", "label": "GmbH"}

    assert facts(legal_form=form, municipally_controlled=controlled, agreed_on=None)["Rechtsform"] == expected


def test_context_says_which_declaration_is_missing() -> None:
    given = {"conditions": True, "correctness": True, "bodies": False, "privacy": True, "publication": False}

    assert facts(declarations=given)["Erklärungen"] == (
        "Teilnahmebedingungen, Richtigkeit und Datenschutz: bestätigt. Gremienbeschlüsse: nicht bestätigt. "
        "Veröffentlichung der Kurzbeschreibung: nicht zugestimmt."
    )


def test_context_leaves_out_rows_without_a_value() -> None:
    assert (
        facts(state=None, legal_form=None, agreed_on=None, partners=[])
        .keys()
        .isdisjoint({"Stand", "Rechtsform", "Partner"})
    )


def test_context_counts_texts_and_sizes_in_german() -> None:
    words = said()

    assert words["texts"][:2] == [
        ("Kurzbeschreibung für die Öffentlichkeit", "550"),
        ("Beschreibung der Kooperation", "2.914"),
    ]
    assert [(file["kind"], file["size"]) for file in words["files"]] == [
        ("Bestätigung oder Niederschrift", "412 kB"),
        ("Bild, mit Alternativtext", "1,8 MB"),
        ("Weitere Anlage", "936 kB"),
    ]


@pytest.mark.parametrize(("title", "replaced"), [("PegelVerbund – für 5 €", False), ("Pegel 🌊", True)])
def test_context_explains_the_mark_only_where_it_stands(title: str, replaced: bool) -> None:
    assert said(title=title)["replaced"] is replaced


@pytest.mark.parametrize("demo", [True, False])
def test_receipt_is_called_a_sample_in_the_demo_only(demo: bool, settings: Any) -> None:
    settings.DEMO = demo

    html = _html()

    assert ("Muster mit erfundenen Angaben, kein amtliches Schreiben" in html) is demo
    assert ("(Beispiel)" in html) is demo


def test_receipt_speaks_of_an_extended_deadline() -> None:
    sentence = "Für Ihre Einreichung gilt eine verlängerte Frist."

    assert sentence not in _html()
    assert sentence in _html(deadline="2026-02-20T23:00:00+00:00")


def _html(**changes: Any) -> str:
    return render_to_string("submissions/receipt.html", said(**changes))


@pytest.mark.parametrize("changes", [{}, *AWKWARD.values()], ids=["as usual", *AWKWARD])
def test_render_is_valid_in_both_standards_and_encloses_the_version(changes: dict[str, Any]) -> None:
    version = sample.version(**changes)

    content = receipt.render(version)

    reports = [page.validate_pdf_bytes(content, profile=profile) for profile in ("ua1", "3a")]
    assert [failure.message for report in reports for failure in report.failures] == []
    assert receipt.enclosed(content) == version.canonical.encode()


def test_render_takes_two_pages_for_an_ordinary_entry() -> None:
    content = receipt.render(sample.version())

    with Pdf.open(BytesIO(content)) as document:
        assert len(document.pages) == 2


def test_render_gives_the_same_bytes_again() -> None:
    version = sample.version()

    assert receipt.render(version) == receipt.render(version)


def test_enclosed_refuses_what_is_no_pdf() -> None:
    with pytest.raises(receipt.Unreadable, match="kein lesbares PDF"):
        receipt.enclosed(b"PK\x03\x04 ein Archiv")


def test_enclosed_refuses_a_cut_off_pdf() -> None:
    with pytest.raises(receipt.Unreadable):
        receipt.enclosed(receipt.render(sample.version())[:3000])


def test_enclosed_refuses_a_pdf_without_the_attachment() -> None:
    with pytest.raises(receipt.Unreadable, match=r"keinen Anhang einreichung\.json"):
        receipt.enclosed(_saved(Pdf.new()))


def test_enclosed_refuses_an_encrypted_pdf() -> None:
    with pytest.raises(receipt.Unreadable, match="verschlüsselt"):
        receipt.enclosed(_saved(Pdf.new(), encryption=Encryption(user="geheim", owner="geheim")))


@pytest.mark.parametrize(
    "enclosure",
    [b"", b"\xff", b"[]", b"{}", b"[" * 100_000, b'{"number": 5, "version": 1}', b'{"number": "IKZ-2026-0001"}'],
)
def test_payload_in_refuses_what_names_no_version(enclosure: bytes) -> None:
    with pytest.raises(receipt.Unreadable, match="nennt keine Einreichung"):
        receipt.payload_in(enclosure)


def _saved(document: Pdf, **options: Any) -> bytes:
    document.add_blank_page()
    target = BytesIO()
    document.save(target, **options)
    return target.getvalue()
