"""All faults there are, and the choice of some by name."""

from collections.abc import Sequence

from rehearsal.faults import Fault, beat, database, mail, queue, scanning, storage, web, worker

ALL: tuple[Fault, ...] = (
    *web.FAULTS, *worker.FAULTS, *beat.FAULTS, *database.FAULTS, *queue.FAULTS, *mail.FAULTS, *storage.FAULTS,
    *scanning.FAULTS,
)  # fmt: skip


def chosen(names: str, storage: str) -> Sequence[Fault]:
    """Return the faults with these names, parted by commas; all that this storage can have for "alle".

    Raises LookupError.
    """
    possible = tuple(fault for fault in ALL if fault.storage in {"", storage})
    if names == "alle":
        return possible
    known = {fault.name: fault for fault in possible}
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    if unknown := [name for name in wanted if name not in known]:
        raise LookupError(f"Unbekannte Störung {', '.join(unknown)}; mit dieser Ablage gibt es {', '.join(known)}.")
    return [known[name] for name in wanted]
