"""How much is tried: little and always the same in the suite, more and by chance where FUZZ_EXAMPLES says so."""

import os
from collections.abc import Callable
from typing import Any
from zlib import crc32

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
"""Examples per form and address in a long run; 0 in the suite."""
ONLY = os.environ.get("FUZZ_ONLY", "")
"""Part of the name of what a long run is about; empty is everything."""


def tried(name: str, strategy: SearchStrategy[Any], test: Callable[[Any], None], *, few: int) -> None:
    """Call `test` with examples of `strategy`: `few` in the suite, which ones depends on `name` alone."""

    @settings(
        max_examples=EXAMPLES or few,
        deadline=None,
        database=None,
        derandomize=not EXAMPLES,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
        print_blob=False,
    )
    @given(example=strategy)
    def run(example: Any) -> None:
        test(example)

    if not EXAMPLES:
        run = seed(crc32(name.encode()))(run)
    run()
