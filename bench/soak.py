"""Mixed load for an hour on web, worker and beat, and whether their memory stays flat: `bench/run soak`.

Everything at a fixed and modest rate: people read, search and are refused, write entries, hand them in, judge them and
look after them in the office; the worker makes receipts and sends mail. `BENCH_MINUTES` says for how long.
"""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from io import StringIO
from pathlib import Path
from statistics import median

import redis
from django.core.management import call_command
from django.db import connection

from accounts.models import User
from bench import entries, traffic, watch
from bench.entries import Extent
from bench.figures import Figure, holds
from bench.members import Applicants, Jury, Office
from bench.newsletter import READERS
from bench.server import Process, Web
from bench.traffic import Act, Counts
from bench.visitors import Visitors
from bench.watch import Sample, Watch
from landespreis import clock
from portal.actions import newsletters
from portal.models import Block, Newsletter
from rehearsal.machines import free_port, reaches, wait
from rehearsal.scanner import Scanner
from submissions.models import Submission

MINUTES, QUICK_MINUTES = 60.0, 1.0
PAUSE, QUICK_PAUSE = 30.0, 3.0
"""Seconds between two looks at the processes."""
PROCESSES = 2
WARM_UP = 1 / 3
MOST_GROWTH = 5.0
"""Percent by which a kind of process may grow in the second half and still be called flat."""
LONG_ENOUGH = 20
"""Minutes from which on growth says something: in fewer, caches still fill."""
PAGES = 5_000
"""Of some 20 kB, more than the processes together keep: they would fill only slowly at this rate."""
DRAFTS, SUBSCRIBERS = 120, 200
OFFICE = "renate.vollmer@geschaeftsstelle.example"


def measure(*, quick: bool) -> list[Figure]:
    """Fill a portal in the weeks of the jury, in which some still write, let everybody work, and look."""
    minutes = float(os.environ.get("BENCH_MINUTES", QUICK_MINUTES if quick else MINUTES))
    call_command("demo", "jury", stdout=StringIO())
    drafts = _drafts()
    with connection.cursor() as cursor:
        cursor.execute(READERS, [SUBSCRIBERS])
    connection.close()
    taken = Path(os.environ["LANDESPREIS_VAR"]) / "taken.txt"
    scanner, smtp, token = Scanner(free_port()), free_port(), "soak"
    told = {
        "SMTP_URL": f"smtp://127.0.0.1:{smtp}", "CLAMD_URL": f"tcp://127.0.0.1:{scanner.port}", "METRICS_TOKEN": token,
        "TRUSTED_PROXY_COUNT": "1", "FORM_SECONDS": "0", "LOG_LEVEL": "INFO", "LOG_FORMAT": "json", "ACCESS_LOG": "on",
    }  # fmt: skip
    with ExitStack() as stack:
        scanner.open()
        stack.callback(scanner.close)
        stack.enter_context(Process(["python", "-m", "bench.sink", str(smtp), str(taken)]))
        wait(lambda: reaches(smtp), "the mail server answers")
        web = stack.enter_context(Web("landespreis.wsgi", processes=PROCESSES, **told))
        celery = ["celery", "--quiet", "--app"]
        worker = Process([*celery, "landespreis.worker", "worker", "--pool", "prefork", "--concurrency", "1"], **told)
        beat = Process([*celery, "landespreis", "beat", "--pidfile="], **told)
        parents = {
            "web": web.popen.pid,
            "worker": stack.enter_context(worker).popen.pid,
            "beat": stack.enter_context(beat).popen.pid,
        }
        counts = Counts()
        acts = _acts(web.port, counts, drafts, token, 0 if quick else PAGES)
        cpu, own, begin = web.cpu(), time.process_time(), time.monotonic()
        with Watch(parents, QUICK_PAUSE if quick else PAUSE) as looks:
            traffic.run(acts, counts, 60 * minutes)
        seconds = time.monotonic() - begin
        cores = (web.cpu() - cpu) / seconds, (time.process_time() - own) / seconds
        _show(counts, web.log)
        figures = [*_work(counts, seconds, cores), *_usage(looks.samples, minutes)]
    figures.append(Figure("mails that the worker sent", str(taken.read_bytes().count(b"\n"))))
    return [*figures, *_redis()]


def _drafts() -> list[Submission]:
    """Return complete drafts whose own deadline is far, so that people write while the jury judges."""
    round = entries.open_round()
    towns = entries.invented_towns(0, DRAFTS)
    made = entries.drafts(round, towns, Extent(partners=3, files=0, editors=1))
    until = clock.now() + entries.BEFORE_CLOSE
    Submission.objects.filter(pk__in=[entry.pk for entry in made]).update(extended_until=until)
    return made


def _acts(port: int, counts: Counts, drafts: Sequence[Submission], token: str, pages: int) -> list[Act]:
    """Let everybody look around, visitors over so many new pages, which is not counted; return what they do then."""
    visitors = Visitors(port, counts, token)
    visitors.fill(pages)
    everybody = (
        visitors, Applicants(port, counts, drafts), Jury(port, counts), Office(port, counts),
    )  # fmt: skip
    counts.statuses.clear()
    connection.close()
    return [*(act for group in everybody for act in group.acts()), Act("send a newsletter", 420, _send_issue)]


def _send_issue() -> None:
    """Write an issue and release it, as the office would; the worker sends it."""
    try:
        number = Newsletter.objects.count()
        issue = newsletters.save(Newsletter(subject=f"Ausgabe {number}", lead="Guten Tag,\nhier das Neue."))
        newsletters.save_block(Block(newsletter=issue, position=0, kind="text", heading="Neues", body=entries.WORDS))
        newsletters.release(issue, by=User.objects.get(email=OFFICE))
    finally:
        connection.close()


def _work(done: Counts, seconds: float, cores: tuple[float, float]) -> Iterator[Figure]:
    counts = done.statuses
    total = sum(counts.values())
    yield Figure(f"requests in {seconds / 60:.0f} min", f"{total} ({total / seconds:.1f} per second)")
    yield Figure("cores used by the web processes / by those who ask", f"{cores[0]:.2f} / {cores[1]:.2f}")
    classes = {f"{number}xx": sum(n for status, n in counts.items() if status // 100 == number) for number in (2, 3, 4)}
    yield Figure("answers", ", ".join(f"{count} {name}" for name, count in classes.items()))
    yield holds("answers with 5xx", not any(s >= 500 for s in counts), _said(counts, 500), "0")
    yield holds("requests without an answer", not counts[0], str(counts[0]), "0")
    yield holds("steps that did not lead where they should", not done.failed, str(len(done.failed)), "0")


def _said(counts: Mapping[int, int], least: int) -> str:
    return str({status: count for status, count in sorted(counts.items()) if status >= least} or 0)


def _usage(samples: Sequence[Sample], minutes: float) -> Iterator[Figure]:
    warm = [sample for sample in samples if sample.seconds >= WARM_UP * samples[-1].seconds]
    for kind in samples[0].processes:
        first, half, last = (_typical(samples, kind, share) for share in (WARM_UP, 0.5, 1))
        slope = watch.per_hour((sample.seconds, sample.total(kind)) for sample in warm)
        growth = 100 * (last - half) / half
        yield Figure(f"MB of {kind} after a third / at the end", f"{first:.1f} / {last:.1f}")
        yield Figure(f"MB by which {kind} grows in an hour, after a third", f"{slope:+.1f}")
        label, said = f"percent by which {kind} grew in the second half", f"{growth:+.1f}"
        if minutes < LONG_ENOUGH:
            yield Figure(label, said)
        else:
            yield holds(label, growth < MOST_GROWTH, said, f"< {MOST_GROWTH:g}")
        yield Figure(
            f"open files / threads of {kind}, most", f"{_most(warm, kind, 'files')} / {_most(warm, kind, 'threads')}"
        )
        gone = set(_lasting(samples, kind)) - set(samples[-1].processes[kind])
        yield holds(f"processes of {kind} that ended meanwhile", not gone, str(len(gone)), "0")
    numbers = [sample.connections for sample in warm]
    yield Figure("connections to PostgreSQL, median / most", f"{median(numbers):.0f} / {max(numbers)}")


def _typical(samples: Sequence[Sample], kind: str, share: float) -> float:
    return median(sample.total(kind) for sample in watch.around(samples, share))


def _lasting(samples: Sequence[Sample], kind: str) -> frozenset[int]:
    """Return who was there twice in a row at the begin: a picture is looked at by a process that ends at once."""
    return frozenset(samples[0].processes[kind]) & frozenset(samples[1].processes[kind])


def _most(samples: Sequence[Sample], kind: str, what: str) -> int:
    return int(max(sample.total(kind, what) for sample in samples))


def _redis() -> Iterator[Figure]:
    with redis.from_url(os.environ["REDIS_URL"]) as client:
        yield Figure(
            "MB in Redis at the end, keys", f"{client.info('memory')['used_memory'] / 1e6:.1f}, {client.dbsize()}"
        )


def _show(counts: Counts, log: Path) -> None:
    """Print how often each step was taken, and what the web process says of its errors: the log goes with the run."""
    for name, count in sorted(counts.done.items()):
        print(f"{name:<28} {count:6}")
    errors = [line for line in log.read_text(errors="replace").splitlines() if "Traceback" in line]
    print("\n".join(errors[:20]))
