"""What is noted about every task: what it is, and which requests woke the worker for it."""

from collections.abc import Iterator

import pytest

from landespreis.celery import app
from landespreis.watching import logs, tracing
from tests.landespreis.watching.written import written

PROBE = "landespreis.tests.probe"


@pytest.fixture
def probe() -> Iterator[list[tuple[str, tracing.Work]]]:
    """A task of the test's own, and what belonged to each of its runs."""
    seen: list[tuple[str, tracing.Work]] = []

    @app.task(name=PROBE)
    def note(fails: bool = False) -> None:
        seen.append((tracing.request_id(), tracing.work()))
        if fails:
            raise ValueError("no mailbox ada@stadt.example")

    yield seen
    app.tasks.pop(PROBE)


def run(**options: object) -> None:
    app.tasks[PROBE].apply(**options)


def test_task_belongs_to_the_requests_that_woke_the_worker(probe: list[tuple[str, tracing.Work]]) -> None:
    run(headers={"request_ids": "aaaaaaaa bbbbbbbb"}, task_id="id-7")

    assert probe == [("aaaaaaaa bbbbbbbb", tracing.Work("id-7", PROBE))]
    assert (tracing.request_id(), tracing.work()) == ("", tracing.NOTHING)


@pytest.mark.parametrize("given", [None, {}, {"request_ids": ""}, {"request_ids": "ada@stadt.example x"}])
def test_task_that_nobody_asked_for_belongs_to_no_request(
    probe: list[tuple[str, tracing.Work]], given: dict[str, str] | None
) -> None:
    run(headers=given)

    assert [request_id for request_id, _ in probe] == [""]


def test_failure_is_logged_with_its_task_and_without_what_it_was_given(probe: list[tuple[str, tracing.Work]]) -> None:
    with written(logs.JsonFormatter) as said:
        run(kwargs={"fails": True}, headers={"request_ids": "aaaaaaaa"}, task_id="id-7")

    (line,) = said.of("celery.app.trace")
    assert (line["request_id"], line["task"], line["task_id"]) == ("aaaaaaaa", PROBE, "id-7")
    assert "ValueError" in line["traceback"]
    assert "ada@" not in said.text
    assert "fails" not in line["message"]
