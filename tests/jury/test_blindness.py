"""Who gets what of the jury: phase × seat × declaration × every address, looked at and sent to.

An address without a row here fails the test. That nothing of an entry shows through in what is answered:
`test_blindness_traces.py`; who goes looking for it on purpose: `test_blindness_attacks.py`.
"""

import logging
from collections.abc import Iterator
from itertools import cycle

import pytest
from django.db import transaction

from submissions.models import Round
from tests.jury import worlds
from tests.jury.worlds import JURORS, PEOPLE, PHASES, STATES, World

Answers = dict[tuple[str, str, str], int]
"""Status by address, method and declaration."""

NEVER = ("404 404 404",) * 5
ALWAYS = ("200 200 200",) * 5
WRONG = ("405 405 405",) * 5

TABLE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "index": (ALWAYS, WRONG),
    "notice": (ALWAYS, ("302 302 302",) * 5),
    "invitation": (("409 409 409",) * 5, ("409 409 409",) * 5),  # somebody else has accepted it
    "category": (ALWAYS, WRONG),
    "entry": (
        ("404 404 404", "404 200 302", "404 200 302", "404 200 302", "404 200 302"),
        ("404 404 404", "404 302 302", "404 409 302", "404 409 302", "404 409 302"),
    ),
    "recusal": (
        ("404 404 404", "404 200 200", "404 200 200", "404 200 200", "404 200 200"),
        ("404 404 404", "404 302 302", "404 302 302", "404 409 409", "404 409 409"),
    ),
    "reopen": (
        ("404 404 404", "404 405 405", "404 405 405", "404 405 405", "404 405 405"),
        ("404 404 404", "404 302 403", "404 409 409", "404 409 409", "404 409 409"),
    ),
    "file": (
        ("404 404 404", "404 200 404", "404 200 404", "404 200 404", "404 200 404"),
        ("404 404 404", "404 405 405", "404 405 405", "404 405 405", "404 405 405"),
    ),
    "dossier_page": (ALWAYS, ("409 409 409", "302 302 302", "302 302 302", "302 302 302", "302 302 302")),
    "dossier": (("404 404 404", "200 200 200", "200 200 200", "200 200 200", "200 200 200"), WRONG),
    "session": (ALWAYS, WRONG),
    "session_state": (("404 404 404", "404 404 404", "200 200 200", "200 200 200", "200 200 200"), WRONG),
    "record": (WRONG, ("403 403 403",) * 5),
    "confirm": (WRONG, ("403 403 403",) * 5),
    "revise": (
        ("404 404 404", "404 302 302", "404 200 302", "404 302 302", "404 302 302"),
        ("404 404 404", "404 302 302", "404 302 302", "404 302 302", "404 302 302"),
    ),
    "minutes_draft": (("404 404 404", "404 404 404", "404 200 404", "404 200 404", "404 200 404"), WRONG),
    "minutes": (("404 404 404", "404 404 404", "404 404 404", "404 200 404", "404 200 404"), WRONG),
}
"""Address → answers to GET and to POST, by phase; in each phase as somebody recused, cleared, undeclared."""

PRESIDES = {
    ("record", "POST", "session"): "403 302 403",
    ("confirm", "POST", "session"): "403 302 403",
}
"""What the chair gets instead. Recused from an entry, it does not preside."""


def expected(who: str, phase: str) -> Answers:
    """Return the declared answers for one person."""
    found: Answers = {}
    for name, by_method in TABLE.items():
        for method, by_phase in zip(("GET", "POST"), by_method, strict=True):
            row = by_phase[PHASES.index(phase)]
            if who == "chair":
                row = PRESIDES.get((name, method, phase), row)
            for state, code in zip(STATES, row.split(), strict=True):
                found[name, method, state] = code_for(who, name, method) or int(code)
    return found


def code_for(who: str, name: str, method: str) -> int:
    """Return the answer to somebody for whom neither phase nor declaration matters, 0 for jurors."""
    if who in JURORS:
        return 0
    if name == "invitation":
        return 302 if who == "pending" else 409
    if who == "pending":  # is led to the notice, whatever they wanted
        return 200 if (name, method) == ("notice", "GET") else 302
    return 302 if who in {"anonymous", "owner"} else 404  # to log in, to set up a second factor


@pytest.fixture
def world(request: pytest.FixtureRequest, open_round: Round, at: worlds.Clock) -> World:
    logging.getLogger("django.request").setLevel(logging.ERROR)  # every refusal would be a line
    return World(open_round, at, request.param)


def test_every_address_of_the_jury_has_a_row() -> None:
    assert set(worlds.ROUTES) == set(TABLE)


@pytest.mark.parametrize("world", PHASES, indirect=True)
def test_answers_to_everybody(world: World) -> None:
    before = worlds.traces()
    differences = []

    for who in PEOPLE:
        wanted = expected(who, world.phase)
        told = dict(answers(world, who))
        assert {(name, method) for name, method, _ in told} == {(name, method) for name, method, _ in wanted}
        differences += [(who, *key, code, "not", wanted[key]) for key, code in told.items() if code != wanted[key]]
        if worlds.traces() != before:
            differences.append((who, "changed something though refused"))

    assert differences == []


def answers(world: World, who: str) -> Iterator[tuple[tuple[str, str, str], int]]:
    """Yield the status of every address, and take back at once what a POST of a juror changed.

    A refusal is not taken back: it must not have changed a thing. To those for whom no declaration matters, each
    address is shown in one of the states, in turns.
    """
    client, turns = world.clients[who], cycle(STATES)
    for name in worlds.ROUTES:
        for state in STATES if who in (*JURORS, "predecessor") else [next(turns)]:
            url = world.url(name, state)
            yield (name, "GET", state), worlds.status(client.get(url))
            data = worlds.sent(name, world.targets[state], world.plain[state])
            with transaction.atomic():
                code = worlds.status(client.post(url, data))
                transaction.set_rollback(code < 400 and who in (*JURORS, "pending"))
            yield (name, "POST", state), code
