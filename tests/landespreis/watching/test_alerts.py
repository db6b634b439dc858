"""The example alerts and the operators' table speak of figures that there are, and say in German what to do."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from prometheus_client import Metric

from landespreis import journal, sweeping
from landespreis.owed import everything
from landespreis.watching import exposition, requests, work
from landespreis.watching.figures import Business
from submissions.models import Round

DEPLOY = Path(settings.BASE_DIR) / "deploy" / "prometheus"
ENDINGS = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}


def rules() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load((DEPLOY / "alerts.yml").read_text("utf-8"))["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


def told() -> list[Metric]:
    sweeping.sweep()
    journal.note(journal.Verb.BACKED_UP, by=None)
    counted: Iterable[Metric] = [*requests.requests.collect(), *requests.duration.collect(), *work.counted.collect()]
    return [*counted, *Business().collect()]


def families() -> dict[str, str]:
    """Return the name by which the table calls a figure, and its kind; a counter has its ending."""
    return {metric.name + ("_total" if metric.type == "counter" else ""): metric.type for metric in told()}


def named(text: str) -> set[str]:
    return set(re.findall(r"\blandespreis_\w+", text))


def test_alerts_ask_for_figures_that_there_are(open_round: Round) -> None:
    samples = {metric.name + ending for metric in told() for ending in ENDINGS[metric.type]}

    for rule in rules():
        assert named(rule["expr"]) <= samples, rule["alert"]


def test_alerts_ask_for_kinds_and_tasks_that_there_are(open_round: Round) -> None:
    expressions = " ".join(rule["expr"] for rule in rules())
    kinds = {kind for found in re.findall(r'kind=~?"([^"]+)"', expressions) for kind in found.split("|")}
    tasks = set(re.findall(r'task="([^"]+)"', expressions))

    assert kinds == {one.kind.key for one in everything()} & kinds
    assert len(kinds) == 9
    assert tasks <= set(settings.CELERY_BEAT_SCHEDULE)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_alert_says_what_is_wrong_and_what_to_do(rule: dict[str, Any]) -> None:
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert rule["annotations"]["summary"].endswith(".")
    assert len(rule["annotations"]["description"]) > 60
    assert set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"]))) <= set(
        re.findall(r"by \((\w+)\)", rule["expr"])
    )


def test_scrapes_ask_where_the_portal_answers() -> None:
    jobs = {
        job["job_name"]: job for job in yaml.safe_load((DEPLOY / "prometheus.yml").read_text("utf-8"))["scrape_configs"]
    }

    assert jobs["landespreis-web"]["metrics_path"] == exposition.PATH
    assert jobs["landespreis-web"]["authorization"]["type"] == "Bearer"
    assert named(" ".join(rule["expr"] for rule in rules())) & named(" ".join(families_of_worker()))


def families_of_worker() -> list[str]:
    return [f"{metric.name}_total" if metric.type == "counter" else metric.name for metric in work.counted.collect()]


def test_operators_table_names_every_figure_and_no_other(open_round: Round) -> None:
    handbook = (Path(settings.BASE_DIR) / "docs" / "betrieb.md").read_text("utf-8")
    optional = {"landespreis_journal_chained_until_seconds"}  # before the first day is chained it is not told

    assert named(handbook) - {"landespreis_postgres"} == set(families()) | optional
