"""One part of the measurements, in a process of its own: `python -m bench.part rush --figures FILE`, see `__main__`."""

import argparse
import signal
import sys
from importlib import import_module
from pathlib import Path

import django

from bench import figures


def main() -> int:
    parser = argparse.ArgumentParser(description="Run one part of the measurements.")
    parser.add_argument("name")
    parser.add_argument("--figures", type=Path, required=True)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(f"{options.name} stopped by a signal"))
    django.setup()
    part = import_module(f"bench.{options.name}")
    figures.save(part.measure(quick=options.quick), options.figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
