"""A believable version and its payload, for tests and measurements that need no database."""

import json
from datetime import datetime
from hashlib import sha256
from typing import Any

from submissions.models import Version

PROOF = ("bestaetigung", "Bestätigung oder Niederschrift")
IMAGE = ("bild", "Bild")
ANNEX = ("anlage", "Weitere Anlage")


def payload(**changes: Any) -> dict[str, Any]:
    """Return what the second submit of an invented entry froze; `changes` replace top-level keys."""
    return {
        "schema": "landespreis/einreichung/1",
        "round": {
            "key": "lp2",
            "name": "2. Landespreis für innovative interkommunale Zusammenarbeit",
            "closes_at": "2026-02-09T23:00:00+00:00",
        },
        "number": "IKZ-2026-0042",
        "version": 2,
        "submitted_at": "2026-02-03T15:08:27.123456+00:00",
        "submitted_by": {"name": "Meike Brandhorst", "municipality": "Stadt Soest"},
        "deadline": "2026-02-09T23:00:00+00:00",
        "replaces": {"version": 1, "submitted_at": "2026-01-28T08:12:40+00:00"},
        "category": {"key": "krise", "name": "Interkommunale Zusammenarbeit in der Krisenbewältigung"},
        "title": "PegelVerbund Hellweg: ein gemeinsames Warnsystem für Starkregen",
        "lead": {"ags": "05974040", "label": "Stadt Soest"},
        "department": "Fachbereich Feuerwehr und Bevölkerungsschutz",
        "contact": {
            "name": "Meike Brandhorst",
            "email": "meike.brandhorst@soest.example",
            "phone": "02921 555 010",
            "publish": False,
        },
        "partners": [
            _partner("Gemeinde Bad Sassendorf", "05974008"),
            _partner("Gemeinde Möhnesee", "05974032"),
            _partner("Gemeinde Welver", "05974048"),
            _partner("Stadt Werl", "05974052"),
        ],
        "legal_form": {"key": "oerv", "label": "Öffentlich-rechtliche Vereinbarung"},
        "municipally_controlled": None,
        "agreed_on": "2023-03-14",
        "state": {"key": "betrieb", "label": "im Betrieb"},
        "state_since": "2023-05-01",
        "funding": "",
        "website": "https://pegelverbund.example/",
        "abstract": "Fünf Nachbarn messen gemeinsam, wie das Wasser steigt. " * 10,
        "answers": [
            _answer("beschreibung", "Beschreibung der Kooperation", None, 2914),
            _answer("gewinn", "Gewinn der Kooperation", "gewinn", 2433),
            _answer("innovation", "Grad der Innovation", "innovation", 2208),
            _answer("zukunft", "Zukunftsfähigkeit, Nutzbarkeit und Nachhaltigkeit", "zukunft", 2671),
            _answer("uebertragbarkeit", "Übertragbarkeit auf andere Kommunen", None, 1390),
            _answer("langfristigkeit", "Langfristigkeit", None, 1102),
        ],
        "files": [
            file(
                "niederschrift-rat-soest-2023-02.pdf", 412_000, kind=("bestaetigung", "Bestätigung oder Niederschrift")
            ),
            file("pegelstandort-schledde.jpg", 1_800_000, kind=IMAGE, alt="Ein Pegelmast an einem Bach."),
            file("alarmplan-vier-stufen.pdf", 936_000),
        ],
        "declarations": {
            "conditions": True,
            "correctness": True,
            "bodies": True,
            "privacy": True,
            "publication": True,
        },
        **changes,
    }


def version(**changes: Any) -> Version:
    """Return an unsaved version that froze `payload(**changes)`."""
    frozen = payload(**changes)
    text = canonical(frozen)
    return Version(
        number=frozen["version"],
        canonical=text,
        sha256=checksum(text),
        submitted_at=datetime.fromisoformat(frozen["submitted_at"]),
    )


def canonical(frozen: dict[str, Any]) -> str:
    """Return the JSON that is hashed and enclosed, as docs/format.md defines it."""
    return json.dumps(frozen, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def checksum(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def file(name: str, size: int, *, kind: tuple[str, str] = ANNEX, alt: str = "") -> dict[str, Any]:
    return {
        "id": sha256(name.encode()).hexdigest()[:12],
        "kind": kind[0],
        "kind_label": kind[1],
        "name": name,
        "mimetype": "image/jpeg" if alt else "application/pdf",
        "size": size,
        "sha256": sha256(name.encode()).hexdigest(),
        "alt": alt,
        "rights": "Eigene Aufnahme" if alt else "",
    }


def _partner(label: str, ags: str) -> dict[str, Any]:
    return {"label": label, "ags": ags, "kind": "nrw", "kind_label": "Kommune in Nordrhein-Westfalen", "country": "DE"}


def _answer(key: str, title: str, criterion: str | None, characters: int) -> dict[str, Any]:
    sentence = "Die Partner teilen sich Messgeräte, Dienstplan und Verantwortung. "
    text = (sentence * (characters // len(sentence) + 1))[:characters]
    return {"key": key, "title": title, "criterion": criterion, "text": text, "characters": characters}
