"""Runs Lighthouse over the public pages of a running portal and prints a table; ends with 1 below what is asked for."""

import json
import re
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
LEAST = 95
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
PAGES = ("/", "/projekte/", "/termine/", "/aktuelles/", "/faq/")
FORMS: dict[str, tuple[str, ...]] = {"Handy": (), "Desktop": ("--preset=desktop",)}
SKIPPED = "is-crawlable"
"""A demo asks search engines to stay away, on purpose."""
CHROME = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"


def main() -> int:
    address = sys.argv[1].rstrip("/")
    failed = False
    print(f"{'':36}{'':10}" + "".join(f"{category:>16}" for category in CATEGORIES) + f"{'CLS':>8}{'LCP':>9}{'kB':>7}")
    for path in [*PAGES[:2], _project(address), *PAGES[2:]]:
        for form, options in FORMS.items():
            report = _run(f"{address}{path}", options)
            scores = [round(100 * (report["categories"][category]["score"] or 0)) for category in CATEGORIES]
            audits = report["audits"]
            print(
                f"{path[:35]:36}{form:10}"
                + "".join(f"{score:>16}" for score in scores)
                + f"{audits['cumulative-layout-shift']['numericValue']:>8.3f}"
                + f"{audits['largest-contentful-paint']['numericValue'] / 1000:>7.1f} s"
                + f"{audits['total-byte-weight']['numericValue'] / 1000:>7.0f}",
                flush=True,
            )
            for category, score in zip(CATEGORIES, scores, strict=True):
                if score < LEAST:
                    failed = True
                    _explain(report, category)
    return int(failed)


def _project(address: str) -> str:
    """Return the path of the first project that the directory lists."""
    with urllib.request.urlopen(f"{address}/projekte/") as answer:  # noqa: S310 - the portal that was named
        page = answer.read().decode()
    found = re.search(r'<h\d[^>]*><a href="(/projekte/[^"/]+/)', page)
    if not found:
        sys.exit("Das Verzeichnis nennt kein Projekt.")
    return found.group(1)


def _run(url: str, options: tuple[str, ...]) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        command = [
            str(HERE / "node_modules" / ".bin" / "lighthouse"), url, "--quiet", "--output=json", f"--output-path={out}",
            f"--only-categories={','.join(CATEGORIES)}", f"--skip-audits={SKIPPED}",
            f"--chrome-flags={CHROME} --user-data-dir={folder}/chrome",
            *options,
        ]  # fmt: skip
        subprocess.run(command, check=True)
        return json.loads(out.read_text())


def _explain(report: dict, category: str) -> None:
    audits = report["audits"]
    for reference in report["categories"][category]["auditRefs"]:
        audit = audits[reference["id"]]
        if reference["weight"] and audit["score"] is not None and audit["score"] < 0.9:
            print(f"    {category}: {audit['title']} {audit.get('displayValue', '')}")


if __name__ == "__main__":
    sys.exit(main())
