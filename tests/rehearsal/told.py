"""What tests of invariants say of a finding, and the mails they let come."""

import time
from uuid import uuid4

from rehearsal.invariants import Check
from rehearsal.mailbox import Letter
from rehearsal.stage import Stage


def broken(stage: Stage, check: Check) -> list[str]:
    """Return the invariants that do not hold."""
    return [finding.invariant for finding in check(stage) if not finding.holds]


def mail(stage: Stage, to: str, subject: str, text: str = "", /, **headers: str) -> None:
    """Let a mail have come this moment."""
    told = {"message-id": f"<{uuid4()}>"} | {name.replace("_", "-"): value for name, value in headers.items()}
    stage.installation.mail.keep(Letter(to, subject, text, (), told, time.monotonic()))
