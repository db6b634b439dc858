"""The package for the archive: everything that goes, readable by people and by machines, with checksums."""

from typing import Any

from django.contrib.auth.models import PermissionsMixin
from django.template.loader import render_to_string

from landespreis import clock, wording
from landespreis.models import Parcel, RetentionItem, RetentionRun
from landespreis.package import Package
from landespreis.parcels import Progress
from landespreis.records import parts, permissions
from landespreis.records.parts import Document


def build(parcel: Parcel, package: Package, progress: Progress) -> None:
    """Fill the package of a run; files go through piece by piece."""
    run = RetentionRun.objects.get(pk=parcel.params["run"])
    items = list(run.items.filter(state=RetentionItem.State.PENDING).defer("lots"))
    progress(0, len(items) + 1)
    contents: list[dict[str, Any]] = []
    shared = [_put(package, "runde", document) for document in parts.shared(run.kind, run.scope)]
    for done, item in enumerate(items, start=1):
        documents = parts.documents(run.kind, item.subject)
        put = [_put(package, folder(item), document) for document in documents]
        contents.append({"key": item.subject, "label": item.label, "about": item.about, "documents": put})
        progress(done, len(items) + 1)
    facts = {
        "run": run.pk, "title": run.title, "scope": run.scope_name, "kind": run.kind,
        "proposed_at": run.proposed_at.isoformat(),
    }  # fmt: skip
    package.add_json("verzeichnis.json", {**facts, "shared": shared, "subjects": contents})
    context = {"run": run, "shared": shared, "subjects": contents, "at": wording.moment(clock.now())}
    package.add("index.html", render_to_string("records/package.html", context))
    package.facts |= facts | {"subjects": [{"key": item.subject, "digest": item.digest} for item in items]}
    progress(len(items) + 1, len(items) + 1)


def folder(item: RetentionItem) -> str:
    """Return where in the package a subject lies; by its number where it has one."""
    name = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in item.label.partition(" ")[0])
    return f"teile/{name[:40]}-{item.subject[:8]}"


def may(user: PermissionsMixin, params: dict[str, Any]) -> bool:
    """Say whether somebody may have the package of a run."""
    return permissions.may_propose(user) or user.has_perm("landespreis.release_retentionrun")


def _put(package: Package, folder: str, document: Document) -> dict[str, Any]:
    """Add a document; return what the index says of it."""
    name = f"{folder}/{document.name}"
    told: dict[str, Any] = {"name": name, "title": document.title}
    if document.content is None:
        return told | {"lost": True, "size": 0, "sha256": "", "said": "fehlt im Dateispeicher"}
    if isinstance(document.content, dict | list):
        part = package.add_json(name, document.content)
    else:
        part = package.add(name, document.content)  # type: ignore[arg-type]
    return told | {"lost": False, "size": part.size, "sha256": part.sha256, "said": wording.filesize(part.size)}
