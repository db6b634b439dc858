"""All checks there are: every module of this package brings its own as CHECKS, and as LATER those after the years."""

import pkgutil
from importlib import import_module

from rehearsal import invariants
from rehearsal.invariants import Check, answers, entries, files, logs, receipts, recovery

_modules = [
    import_module(f"{invariants.__name__}.{module.name}")
    for module in sorted(pkgutil.iter_modules(invariants.__path__), key=lambda module: module.name)
    if module.name != "catalogue"
]
CHECKS: tuple[Check, ...] = tuple(check for module in _modules for check in getattr(module, "CHECKS", ()))
RUSH: tuple[Check, ...] = (
    *answers.CHECKS, *entries.CHECKS, *files.CHECKS, *logs.CHECKS, *receipts.CHECKS, *recovery.CHECKS,
)  # fmt: skip
"""Those about handing in, for a measurement that plays nothing else."""
LATER: tuple[Check, ...] = tuple(check for module in _modules for check in getattr(module, "LATER", ()))
"""What must be true when drafts and entries have been segregated."""
