"""Figures and logs of the real processes: nothing is lost with a process that is killed, and a request is followed."""

import json
import os
import signal
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from rehearsal.machines import Process, free_port, wait
from tests.processes.portal import Portal

pytestmark = pytest.mark.processes
TOKEN = "figures-for-the-test"
Figures = dict[tuple[str, ...], float]


@pytest.fixture
def watched(portal: Portal) -> Portal:
    portal.env |= {
        "METRICS_TOKEN": TOKEN, "LOG_FORMAT": "json", "ACCESS_LOG": "on", "WEB_PROCESSES": "2",
        "WORKER_METRICS_BIND": f"127.0.0.1:{free_port()}",
    }  # fmt: skip
    return portal


def asked(url: str) -> str:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return str(answer.read().decode())


def figures(url: str) -> Figures:
    return {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(asked(url))
        for sample in family.samples
    }


def web(portal: Portal) -> Figures:
    return figures(f"http://127.0.0.1:{portal.port}/metrics")


def answers(portal: Portal) -> bool:
    try:
        return asked(f"http://127.0.0.1:{portal.port}/healthz") == "ok\n"
    except OSError:
        return False


def children(process: Process) -> list[int]:
    found = Path(f"/proc/{process.popen.pid}/task/{process.popen.pid}/children").read_text()
    return [int(pid) for pid in found.split()]


def lines(process: Process) -> list[dict[str, Any]]:
    return [json.loads(line) for line in process.log.read_text().splitlines() if line.startswith("{")]


def tasks_of(worker: Process, request_id: str) -> set[str]:
    return {line["task"] for line in lines(worker) if request_id in line.get("request_id", "").split()}


def test_what_a_killed_process_has_counted_stays_counted(watched: Portal) -> None:
    process = watched.start("web")
    wait(lambda: answers(watched), "the web answers")
    wait(lambda: len(children(process)) == 2, "both processes are there")
    for _ in range(30):
        asked(f"http://127.0.0.1:{watched.port}/faq/")
    page = ("landespreis_requests_total", "GET", "2xx", "portal:faq")
    before = web(watched)[page]

    for pid in children(process):
        os.kill(pid, signal.SIGKILL)
        wait(lambda pid=pid: pid not in children(process) and len(children(process)) == 2, "another takes its place")
    wait(lambda: answers(watched), "the web answers again")
    asked(f"http://127.0.0.1:{watched.port}/faq/")

    assert (before, web(watched)[page]) == (30, 31)


def test_figures_of_a_server_are_gone_with_it(watched: Portal) -> None:
    process = watched.start("web")
    wait(lambda: answers(watched), "the web answers")
    folders = list(Path("/dev/shm").glob(f"landespreis-figures-{process.popen.pid}-*"))  # noqa: S108

    process.stop()

    assert [folder.exists() for folder in folders] == [False]


def test_request_is_followed_from_the_web_to_the_worker_and_nobody_is_named(watched: Portal) -> None:
    processes = [watched.start(kind) for kind in ("web", "worker")]  # no beat: it might be quicker than the nudge
    wait(lambda: processes[1].said(r"ready\."), "the worker is ready")
    wait(lambda: answers(watched), "the web answers")

    watched.submit(watched.entries[0])
    wait(watched.settled, "the receipt is sent")
    worker = f"http://{watched.env['WORKER_METRICS_BIND']}/metrics"
    done = ("landespreis_tasks_total", "success", "landespreis.tasks.send_owed_mail")
    wait(lambda: figures(worker).get(done), "the worker has counted")

    submit = next(
        line for line in lines(processes[0]) if line.get("view") == "submissions:check" and line["method"] == "POST"
    )
    followed = {"submissions.tasks.render_owed_receipts", "landespreis.tasks.send_owed_mail"}
    wait(lambda: followed <= tasks_of(processes[1], submit["request_id"]), "its receipt and its mail are followed")
    processes.append(watched.start("beat"))
    wait(watched.sweeps, "a sweep")
    assert all(line["time"].endswith("Z") and line["level"] and line["logger"] for line in lines(processes[1]))
    said = "".join(process.log.read_text() for process in processes)
    assert [address for address in watched.entries[0]["people"] if address in said] == []
    assert watched.entries[0]["path"] not in said
    assert figures(worker)["landespreis_task_last_success_timestamp_seconds", done[2]] > 1_700_000_000
