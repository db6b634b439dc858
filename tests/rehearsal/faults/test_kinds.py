"""The choice of faults."""

import pytest

from rehearsal.faults import kinds
from rehearsal.installation import FOLDER, S3


def test_names_are_unique() -> None:
    names = [fault.name for fault in kinds.ALL]

    assert len(set(names)) == len(names)


def test_chosen_takes_all_or_those_named() -> None:
    assert kinds.chosen("alle", S3) == kinds.ALL
    assert [fault.name for fault in kinds.chosen("flush-redis, kill-web", FOLDER)] == ["flush-redis", "kill-web"]
    assert kinds.chosen("", FOLDER) == []


def test_chosen_names_what_it_does_not_know() -> None:
    with pytest.raises(LookupError, match="kill-moon"):
        kinds.chosen("kill-web,kill-moon", FOLDER)


def test_folder_has_no_faults_that_only_a_bucket_can_have() -> None:
    left_out = {fault.name for fault in kinds.ALL} - {fault.name for fault in kinds.chosen("alle", FOLDER)}

    assert left_out == {"storage-slow", "storage-hangs"}
    with pytest.raises(LookupError, match="storage-slow; mit dieser Ablage"):
        kinds.chosen("storage-slow", FOLDER)
