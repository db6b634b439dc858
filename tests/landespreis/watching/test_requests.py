"""What is noted about a request: its id, its line, its figures."""

from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery
from django.db import transaction
from django.test import Client
from django.urls import reverse

from landespreis import queue
from landespreis.watching import exposition, logs, requests, tracing
from submissions.models import Round
from tests.landespreis.watching.written import written

GIVEN = "7d444840-9dc0-11d1-b245-5ffdce74fad2"
TASK = "landespreis.tasks.send_owed_mail"


@pytest.fixture(autouse=True)
def _own_addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.landespreis.watching.urls"


def counted(**labels: str) -> float:
    return exposition.counted.get_sample_value("landespreis_requests_total", labels) or 0.0


def measured(view: str) -> float:
    name = "landespreis_request_duration_seconds_count"
    return exposition.counted.get_sample_value(name, {"view": view}) or 0.0


# Ids ----------------------------------------------------------------------------------------------------
def test_answer_names_its_request(client: Client) -> None:
    ids = {client.get("/healthz").headers["X-Request-ID"] for _ in range(3)}

    assert len(ids) == 3
    assert all(tracing.is_well_formed(one) for one in ids)


@pytest.mark.parametrize(("proxies", "given", "is_taken"), [
    (1, GIVEN, True),
    (0, GIVEN, False),
    (1, "kurz", False),
    (1, "ada@stadt.example", False),
    (1, "x" * 65, False),
])  # fmt: skip
def test_id_is_taken_from_the_proxy_only(
    client: Client, settings: Any, proxies: int, given: str, is_taken: bool
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies

    answer = client.get("/healthz", headers={"X-Request-ID": given})

    assert (answer.headers["X-Request-ID"] == given) is is_taken


def test_kept_page_has_an_id_of_its_own(client: Client, open_round: Round) -> None:
    ids = [client.get("/").headers["X-Request-ID"] for _ in range(2)]

    assert ids[0] != ids[1]


def test_id_stands_on_the_page_of_an_error_and_in_its_log(client: Client, db: None) -> None:
    client.raise_request_exception = False

    with written() as said:
        answer = client.get("/termine/kaputt/geheim/")

    request_id = answer.headers["X-Request-ID"]
    assert answer.status_code == 500
    assert f"Kennzeichen dieses Fehlers: <code>{request_id}</code>" in answer.content.decode()
    assert [line["request_id"] for line in said.of("django.request")] == [request_id]


def test_id_holds_until_the_last_part_of_an_answer_and_no_longer(client: Client, db: None) -> None:
    answer = client.get("/strom/")

    assert b"".join(answer.streaming_content).decode() == answer.headers["X-Request-ID"]  # type: ignore[attr-defined]
    answer.close()
    assert tracing.request_id() == ""


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Celery]:
    """A broker in memory of the test's own, and a messenger that sends when it is told to."""
    queue._messenger.deliver()
    monkeypatch.setattr(queue, "_messenger", queue.Messenger())
    monkeypatch.setattr(queue, "_ask_again", 0.0)
    with Celery("test", broker="memory://", set_as_current=False) as app:
        monkeypatch.setattr(queue, "current_app", app)
        with app.connection_for_write() as connection, connection.SimpleQueue("celery") as messages:
            messages.clear()
        yield app


@pytest.mark.django_db(transaction=True)
def test_nudge_tells_the_worker_which_requests_it_comes_from(broker: Celery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "GATHER", 3600)  # the test delivers itself
    for request_id in ("aaaaaaaa", "bbbbbbbb"):
        tracing.begin(request_id)
        with transaction.atomic():
            queue.nudge(TASK)
            tracing.end()  # what is asked later, on commit, is not this request any more

    queue._messenger.deliver()

    with broker.connection_for_read() as connection, connection.SimpleQueue("celery") as messages:
        message = messages.get(timeout=5)
        assert message.headers[queue.HEADER] == "aaaaaaaa bbbbbbbb"
        assert messages.qsize() == 0


# Lines --------------------------------------------------------------------------------------------------
def test_line_names_method_view_status_and_time(client: Client, settings: Any, open_round: Round) -> None:
    settings.ACCESS_LOG = True

    with written() as said:
        answer = client.get("/jury/einladung/geheim-7/", {"von": "ada@stadt.example"})

    (line,) = said.of(logs.ACCESS)
    assert {key: value for key, value in line.items() if key not in {"time", "ms"}} == {
        "level": "INFO", "logger": logs.ACCESS, "message": "request", "request_id": answer.headers["X-Request-ID"],
        "method": "GET", "view": "jury:invitation", "status": 404,
    }  # fmt: skip
    assert 0 <= line["ms"] < 60_000


def test_line_is_not_written_where_nobody_wants_it(client: Client, settings: Any) -> None:
    settings.ACCESS_LOG = False

    with written() as said:
        client.get("/healthz/nein/")

    assert said.of(logs.ACCESS) == []


def test_line_of_a_probe_is_written_only_when_something_is_wrong(client: Client, settings: Any, db: None) -> None:
    settings.ACCESS_LOG = True

    with written() as said:
        client.get("/healthz")
        client.post("/healthz")

    assert [line["status"] for line in said.of(logs.ACCESS)] == [405]


# Figures ------------------------------------------------------------------------------------------------
def test_requests_are_counted_by_view_also_when_the_page_is_kept(client: Client, open_round: Round) -> None:
    labels = {"view": "portal:home", "method": "GET", "status": "2xx"}
    before = counted(**labels), measured("portal:home")

    for _ in range(3):
        client.get("/", {"utm_source": "x"})

    assert (counted(**labels), measured("portal:home")) == (before[0] + 3, before[1] + 3)


def test_addresses_that_lead_nowhere_are_counted_together(client: Client, db: None) -> None:
    labels = {"view": "unknown", "method": "GET", "status": "4xx"}
    before = counted(**labels)

    for number in range(5):
        client.get(f"/gibt/es/nicht/{number}/")

    assert counted(**labels) == before + 5
    assert "gibt" not in exposition.of_all_processes().decode()


def test_methods_that_nobody_knows_are_counted_together(client: Client, db: None) -> None:
    labels = {"view": "healthz", "method": "other", "status": "4xx"}
    before = counted(**labels)

    for method in ("BREW", "ADA"):
        client.generic(method, "/healthz")

    assert counted(**labels) == before + 2


def test_refusal_before_any_view_is_counted_for_the_view_it_was_meant_for(client: Client, settings: Any) -> None:
    settings.BODY_LIMIT = 10
    path = reverse("account_login")
    labels = {"view": "account_login", "method": "POST", "status": "4xx"}
    before = counted(**labels)

    answer = client.post(path, {"login": "x" * 100})

    assert answer.status_code == 413
    assert counted(**labels) == before + 1


@pytest.mark.parametrize("error", [
    OSError(27, "File too large"), IndexError("mmap slice assignment is wrong size"), ValueError("mmap closed"),
])  # fmt: skip
def test_answer_that_cannot_be_counted_is_sent_and_the_log_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def full(*labels: object) -> None:
        raise error

    monkeypatch.setattr(requests, "_count", full)

    with written() as said:
        answer = client.get("/healthz")

    assert answer.status_code == 200
    assert [line["message"] for line in said.of(requests.log.name)] == [f"a request is not counted: {error}"]
