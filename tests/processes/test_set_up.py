"""Setting up as Compose does it: at every start, and in several containers at once."""

import pytest

from rehearsal.machines import wait
from tests.processes.portal import Portal

pytestmark = [pytest.mark.processes, pytest.mark.both]


def test_set_up_twice_at_once_fills_an_empty_database_once(portal: Portal) -> None:
    portal.store.drop(portal.name)
    portal.store.create(portal.name)

    both = [portal.manage("set_up", "--admin", "arne.peukert@administration.example") for _ in range(2)]
    wait(lambda: not any(process.runs() for process in both), "both end")

    assert [process.popen.returncode for process in both] == [0, 0], [process.log.read_text() for process in both]
    assert sorted(process.said("Migrationen ausgeführt|auf dem Stand dieser Fassung") for process in both) == [1, 1]
    assert sum(process.said("Migrationen ausgeführt") for process in both) == 1
    counts = [
        portal.rows(f"SELECT count(*) FROM {table}")
        for table in ("submissions_round", "accounts_user", "post_office_email", "auth_group")
    ]
    assert counts == [[(1,)], [(1,)], [(1,)], [(2,)]]
