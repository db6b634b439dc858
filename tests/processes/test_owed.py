"""Nothing owed is lost and nothing comes twice, whatever happens to worker, broker, mail server and database."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from rehearsal.machines import wait
from tests.processes.portal import Portal, Sqlite

pytestmark = pytest.mark.processes

QUICK = 5
"""Seconds a person waits at most for the answer to a submit; most of them for a busy machine."""


def came_once(portal: Portal, submitted: int = 1) -> bool:
    """Wait for the receipts of so many entries, and for later sweeps; return whether each came exactly once."""
    people = sorted(address for entry in portal.entries[:submitted] for address in entry["people"])
    wait(lambda: len(portal.receipts()) >= len(people) and portal.settled(), "all receipts are sent")
    before = portal.sweeps()
    wait(lambda: portal.sweeps() >= before + 2, "a further sweep")
    rendered = portal.rows("SELECT count(*) FROM submissions_receipt WHERE rendered_at IS NOT NULL AND size > 0")
    return portal.receipts() == people and rendered == [(submitted,)]


def test_receipt_comes_once_when_worker_was_stopped(portal: Portal) -> None:
    portal.start("web")

    portal.submit(portal.entries[0])
    assert not portal.settled()
    portal.start("worker")
    portal.start("beat")

    assert came_once(portal)


def test_receipt_comes_once_when_broker_lost_all_while_worker_was_stopped(portal: Portal) -> None:
    portal.start("web")
    portal.submit(portal.entries[0])

    portal.lose_broker()
    portal.start("worker")
    portal.start("beat")

    assert came_once(portal)


def test_receipts_come_once_when_broker_loses_all_under_a_running_worker(portal: Portal) -> None:
    portal.start("web")
    worker = portal.start("worker")
    wait(lambda: worker.said("ready."), "the worker is ready")

    portal.lose_broker()
    portal.submit(portal.entries[0])
    wait(portal.settled, "the nudge alone brings the receipt")
    worker.freeze()
    portal.submit(portal.entries[1])
    portal.lose_broker()
    worker.thaw()
    portal.start("beat")

    assert came_once(portal, 2)
    assert worker.runs()
    assert worker.said("Traceback") == 0


def test_submit_is_quick_and_receipts_come_once_when_broker_was_unreachable(portal: Portal) -> None:
    web, worker, beat = (portal.start(kind) for kind in ("web", "worker", "beat"))
    wait(lambda: worker.said("ready.") and portal.sweeps(), "the worker works")

    portal.break_broker()
    waited = [portal.submit(entry) for entry in portal.entries]
    portal.mend_broker()

    assert came_once(portal, 2)
    assert max(waited) < QUICK
    assert [process.runs() for process in (web, worker, beat)] == [True, True, True]


def test_receipt_comes_once_when_worker_is_killed_while_rendering(portal: Portal) -> None:
    portal.env["CLAIM_SECONDS"] = "5"
    claimed = "SELECT rendered_at FROM submissions_receipt WHERE claimed_at IS NOT NULL"
    portal.start("web")
    worker = portal.start("worker")

    portal.submit(portal.entries[0])
    wait(lambda: portal.rows(claimed), "the worker renders")
    worker.kill()
    assert portal.rows(claimed) == [(None,)]
    portal.start("worker")
    portal.start("beat")

    assert came_once(portal)
    assert portal.rows("SELECT attempts FROM submissions_receipt") == [(2,)]


def test_receipt_comes_once_when_worker_is_killed_while_sending(portal: Portal) -> None:
    portal.env["CLAIM_SECONDS"] = "5"
    portal.mail.holds = True
    portal.start("web")
    worker = portal.start("worker")

    portal.submit(portal.entries[0])
    wait(lambda: portal.mail.asked, "the worker talks to the mail server")
    worker.kill()
    portal.mail.holds = False
    portal.start("worker")
    portal.start("beat")

    assert came_once(portal)


def test_receipt_comes_once_when_database_was_away_after_sending(portal: Portal) -> None:
    portal.env["SQLITE_TIMEOUT"] = "1"
    portal.mail.holds = True
    portal.start("web")
    worker = portal.start("worker")

    portal.submit(portal.entries[0])
    wait(lambda: portal.mail.asked, "the worker talks to the mail server")
    with portal.store.unusable(portal.name):
        portal.mail.holds = False
        wait(lambda: worker.said("its attempt is not noted yet"), "the worker cannot write down that the mail is out")
    wait(portal.settled, "the worker has written it down")
    portal.start("beat")

    assert came_once(portal)


@pytest.mark.parametrize("refusal", ["", "451 try again later"], ids=["away", "refusing"])
def test_receipt_comes_once_when_mail_server_is_back(portal: Portal, refusal: str) -> None:
    if refusal:
        portal.mail.refusal = refusal
    else:
        portal.mail.close()
    for kind in ("web", "worker", "beat"):
        portal.start(kind)

    portal.submit(portal.entries[0])
    wait(lambda: portal.rows("SELECT 1 FROM post_office_email WHERE number_of_retries > 1"), "two attempts")
    assert portal.receipts() == []
    portal.mail.refusal = ""
    if not refusal:
        portal.mail.open()

    assert came_once(portal)


def test_all_comes_once_with_two_workers_and_two_beats(portal: Portal) -> None:
    for kind in ("web", "worker", "worker", "beat", "beat"):
        portal.start(kind)
    first, second = portal.entries

    wait(lambda: len(portal.reminders()) == 2 and portal.settled(), "the reminders")
    portal.mail.holds = True
    portal.submit(first)
    wait(lambda: len(portal.mail.asked) == 4, "each worker holds one of the two receipts")
    portal.mail.holds = False
    with ThreadPoolExecutor() as people:
        submit = people.submit(portal.submit, second)
        if isinstance(portal.store, Sqlite):
            lock_again_and_again(portal)
        submit.result()
    before = portal.done("submissions.tasks.remind")
    wait(lambda: portal.done("submissions.tasks.remind") >= before + 2, "reminders are looked for again")

    assert came_once(portal, 2)
    assert portal.reminders() == sorted(portal.reminded)


def lock_again_and_again(portal: Portal) -> None:
    """Let pages and workers meet a database that another has locked, three times while they work."""
    for _ in range(3):
        due, done = portal.said("Sending due task"), portal.said("] succeeded")
        with portal.store.unusable(portal.name):
            wait(lambda: portal.said("Sending due task") >= due + 2, "beat wakes the workers")  # noqa: B023 - called at once
        wait(lambda: portal.said("] succeeded") >= done + 2, "tasks go on")  # noqa: B023 - called at once
