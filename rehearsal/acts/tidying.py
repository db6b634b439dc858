"""An operator sweeps the storage: what somebody killed had stored without a row goes, while nobody stores anything.

Leaves in `props`: "swept" (exit code and last words of the command).
"""

from rehearsal.stage import Stage

KINDS = ("beat", "worker", "web")
"""In the order in which they stop."""


def play(stage: Stage) -> None:
    """The portal stands still for it, because here a file must be removed that is minutes old, not a day."""
    on = stage.installation
    for kind in KINDS:
        on.stop(kind)
    done = on.manage("sweep_files", "--delete", ORPHAN_HOURS="0")
    said = " ".join((done.stdout if done.returncode == 0 else done.stdout + done.stderr).split())
    stage.props["swept"] = (done.returncode, said)
    for kind in reversed(KINDS):
        on.start(kind)
    on.wait_for_web()
