"""Receipts beside bare WeasyPrint, and the memory of a worker that renders many: `python bench/receipt.py`.

Speed: one process, ours and the bare call alternating, process CPU time, medians, so that other work on the machine
does not count. Ours is all that a receipt is: words, template, tags, both standards, enclosure. Bare is WeasyPrint
writing the same HTML with the same warm fonts and stylesheets and nothing else, not even tags.
Memory: resident set of the process after every tenth of the receipts, each of another entry.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import django
from django.template.loader import render_to_string
from weasyprint import HTML
from weasyprint.urls import URLFetcher

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "landespreis.settings")
os.environ.setdefault("LANDESPREIS_MODE", "demo")
django.setup()

from landespreis import pdf  # noqa: E402
from submissions import receipt  # noqa: E402
from tests.submissions import sample  # noqa: E402

RATIO = 0.8
GROWTH = 2.0
"""Megabytes by which the second half of the receipts may raise the resident set."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure receipts.")
    parser.add_argument("--pairs", type=int, default=15, help="receipts per side of the comparison")
    parser.add_argument("--documents", type=int, default=1000, help="receipts for the memory curve")
    options = parser.parse_args()
    fast = speed(options.pairs)
    flat = memory(options.documents)
    return 0 if fast and flat else 1


def speed(pairs: int) -> bool:
    version = sample.version()
    html = render_to_string("submissions/receipt.html", receipt.context(version.payload, sha256=version.sha256))

    def bare(**options: str) -> bytes:
        document = HTML(string=html, base_url=pdf.STATIC, url_fetcher=assets)
        sheets = [pdf._sheet(pdf.FACES), pdf._sheet("css/receipt.css")]
        return bytes(document.write_pdf(font_config=pdf._fonts(), stylesheets=sheets, **options))

    assets: URLFetcher = pdf._Assets()
    sides: dict[str, Callable[[], bytes]] = {
        "receipt": lambda: receipt.render(version),
        "bare": bare,
        "bare, PDF/A-3a": lambda: bare(pdf_variant="pdf/a-3a"),
    }
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for side in sides.values():
        side()
    for _ in range(pairs):
        for name, side in sides.items():
            started = time.process_time()
            side()
            seconds[name].append(time.process_time() - started)
    times = {name: median(values) for name, values in seconds.items()}
    ratio = times["bare"] / times["receipt"]
    for name, value in times.items():
        print(f"{name:<16} {value * 1000:6.0f} ms CPU  {1 / value:5.1f} per second and core")
    print(f"receipt against bare WeasyPrint: {ratio:.2f} (wanted: at least {RATIO})")
    print(f"receipt against bare WeasyPrint writing PDF/A-3a: {times['bare, PDF/A-3a'] / times['receipt']:.2f}")
    return ratio >= RATIO


def memory(documents: int) -> bool:
    step = max(documents // 10, 1)
    curve: list[float] = []
    for number in range(1, documents + 1):
        receipt.render(sample.version(number=f"IKZ-2026-{number:04d}", title=f"Verbund {number}: " + "Wasser " * 12))
        if number % step == 0:
            curve.append(_resident())
    growth = curve[-1] - curve[len(curve) // 2 - 1]
    print(f"resident MB after each {step} receipts: {' '.join(f'{value:.1f}' for value in curve)}")
    print(f"growth in the second half: {growth:+.1f} MB (wanted: at most {GROWTH})")
    return growth <= GROWTH


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


if __name__ == "__main__":
    sys.exit(main())
