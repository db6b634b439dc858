"""A stage on which nothing runs: a cast, a ledger and an installation that was planned and not started."""

import io
from pathlib import Path

import pytest

from rehearsal import cast, installation
from rehearsal.progress import Progress
from rehearsal.stage import Stage
from submissions.models import Round

PLACES = [("05111000", "Düsseldorf"), ("05112000", "Duisburg"), ("05113000", "Essen"), ("05117000", "Mülheim")]


@pytest.fixture
def stage(round: Round, tmp_path: Path) -> Stage:
    folder = tmp_path / "rehearsal"
    installation.plan(folder, web_processes=1)
    categories = list(round.categories.order_by("position").values_list("key", flat=True))
    played = cast.make(1, PLACES, categories)
    return Stage(installation.Installation(folder), played, round, Progress(io.StringIO()))
