"""Verbs on entries of the award in the directory: take one over as an editorial copy, take back what lost its ground.

A copy is made of the frozen version alone. Nothing here writes to an entry, and nothing asks what the jury decided.
"""

import logging
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.models import Municipality, User
from landespreis import clock, inspection, journal, persevering, wording
from landespreis.inspection import Rejected
from landespreis.refusal import NotAllowed, Refused
from portal import entries, manuscript
from portal.actions import pictures, projects
from portal.models import Picture, Project, ProjectCategory, ProjectPartner
from submissions.models import Attachment, Category, Partner, Submission

log = logging.getLogger(__name__)
Payload = dict[str, Any]


def may_adopt(user: User) -> bool:
    """Staff who read entries and write projects: until it is released, the text is the award's, not the portal's."""
    return user.is_staff and user.has_perms(["submissions.view_submission", "portal.add_project"])


def adopt(entry: Submission, *, by: User) -> Project:
    """Copy the version of a released entry into the directory, not public yet, with its images as pictures.

    Contact data is copied only with the consent in the version. Images are stored before the transaction and removed
    again if the copy cannot be written. Raises NotAllowed, Unavailable (storage), and Refused for an entry that is not
    released, or has a copy.
    """
    if not may_adopt(by):
        raise NotAllowed("Beiträge übernimmt die Geschäftsstelle.")
    entry = _read(entry)
    _require_adoptable(entry)
    added: list[Picture] = []
    try:
        shown = _pictures(entry, by, added)
        with transaction.atomic():
            return _copy(entry, shown)
    except BaseException as error:
        for picture in added:
            pictures.remove(picture)
        if isinstance(error, IntegrityError):
            raise _twice(entry) from error
        raise


def retract_exposed() -> int:
    """Take copies off the public pages whose entry was withdrawn, excluded or set back; return how many.

    Also those whose version has no consent. Any that would only be out before the ceremony come out when its embargo
    ends, planned ones and those that were out. Journals each.
    """
    return persevering.each(list(entries.exposed().only("pk")), _retract)


@transaction.atomic
def _retract(seen: Project) -> bool:
    pk = seen.pk
    projects.lock([pk])
    project = entries.exposed().select_related("submission__round").filter(pk=pk).first()
    if project is None or project.submission is None:
        return False  # somebody was quicker
    until = None if entries.unfounded().filter(pk=pk).exists() else project.submission.round.embargo_until
    Project.objects.filter(pk=pk).update(published_at=until, changed_at=clock.now())
    project.refresh_from_db()
    projects.refresh(project)
    if until:
        told = {"project": pk, "until": wording.iso(until)}
        journal.note(journal.Verb.PROJECT_MOVED, by=None, about=project.title, **told)
        log.warning("project %s comes out at %s: the embargo of its round ends then", pk, until)
    else:
        journal.note(journal.Verb.PROJECT_WITHDRAWN, by=None, about=project.title, project=pk)
        log.warning("project %s is not public any more: its entry does not allow it", pk)
    return True


def _read(entry: Submission, *, lock: bool = False) -> Submission:
    rows = Submission.objects.select_related("round", "current", "submitted_lead", "submitted_category")
    return (rows.select_for_update(of=("self",), no_key=True) if lock else rows).get(pk=entry.pk)


def _require_adoptable(entry: Submission) -> None:
    objection = entries.objection(entry)
    if objection:
        raise Refused(f"{objection} Übernehmen lässt er sich so nicht.", title="Nicht übernommen")
    if Project.objects.filter(submission=entry).exists():
        raise _twice(entry)


def _twice(entry: Submission) -> Refused:
    there = Project.objects.filter(submission=entry).first()
    return Refused(f"{entry.label} steht schon im Verzeichnis: „{there}“.", title="Schon übernommen")


def _copy(seen: Submission, shown: list[Picture]) -> Project:
    entry = _read(seen, lock=True)
    _require_adoptable(entry)
    if entry.current_id != seen.current_id or entry.current is None or entry.submitted_category is None:
        raise Refused("Der Beitrag hat sich gerade geändert. Übernehmen Sie ihn noch einmal.")
    frozen = entry.current.payload
    project = Project(
        origin=Project.Origin.AWARD,
        submission=entry,
        edition=entries.edition(entry.round),
        title=frozen["title"],
        category=_category(entry.submitted_category),
        lead=entry.submitted_lead,
        department=frozen["department"],
        legal_form=_key(frozen["legal_form"]),
        agreed_on=_day(frozen["agreed_on"]),
        state=_key(frozen["state"]),
        state_since=_day(frozen["state_since"]),
        website=frozen["website"],
        abstract=frozen["abstract"],
        body=_body(frozen, shown),
        picture=shown[0] if shown else None,
        **_contact(frozen["contact"]),
    )
    return projects.save(project, partners=_partners(frozen["partners"]))


def _category(category: Category) -> ProjectCategory:
    known = ProjectCategory.objects.filter(Q(key=category.key) | Q(name=category.name)).first()
    return known or ProjectCategory.objects.create(
        key=category.key, name=category.name, short_name=category.short_name, position=category.position
    )


def _body(frozen: Payload, shown: list[Picture]) -> str:
    more = (f"![{manuscript.alternative(picture.alt)}](bild:{picture.pk})" for picture in shown[1:])
    return "\n\n".join(filter(None, [manuscript.text(frozen["answers"]), *more]))


def _contact(contact: Payload) -> Payload:
    if not contact["publish"]:
        return {}
    given = {f"contact_{name}": contact[name] for name in ("name", "email", "phone")}
    return given | {"contact_public": True}


def _partners(rows: list[Payload]) -> list[ProjectPartner]:
    listed = [row for row in rows if row["kind"] == Partner.Kind.REGISTER]
    found = Municipality.objects.filter(
        Q(ags__in=[row["ags"] for row in listed if row["ags"]]) | Q(label__in=[row["label"] for row in listed])
    )
    known = {row.ags or row.label: row for row in found}
    return [_partner(row, known.get(row["ags"] or row["label"])) for row in rows]


def _partner(row: Payload, municipality: Municipality | None) -> ProjectPartner:
    """Return a partner; one that has left the register since is named freely."""
    if municipality:
        return ProjectPartner(municipality=municipality)
    kind = Partner.Kind.OUTSIDE if row["kind"] == Partner.Kind.REGISTER else row["kind"]
    return ProjectPartner(name=row["label"], kind=kind, country=row["country"])


def _pictures(entry: Submission, by: User, added: list[Picture]) -> list[Picture]:
    """Return the images of the version as pictures; those that are new stand in `added`, too."""
    assert entry.current  # checked as adoptable
    listed = [file for file in entry.current.payload["files"] if file["kind"] == Attachment.Kind.IMAGE and file["alt"]]
    stored = Attachment.objects.filter(versions=entry.current).downloadable().in_bulk([file["id"] for file in listed])
    by_id = {str(pk): row for pk, row in stored.items()}
    made = (_picture(by_id[file["id"]], file, by, added) for file in listed if file["id"] in by_id)
    return [picture for picture in made if picture]


def _picture(attachment: Attachment, listed: Payload, by: User, added: list[Picture]) -> Picture | None:
    try:
        with attachment.file.open("rb") as file:
            examined = inspection.examine_image(BytesIO(file.read()))
    except (FileNotFoundError, Rejected) as error:
        log.error("image %s of an entry cannot be taken over: %s", attachment.pk, error)
        return None
    known = Picture.objects.filter(sha256=examined.sha256).first()
    if known:
        return known
    picture = pictures.add(Picture(alt=listed["alt"], credit=listed["rights"]), examined, by=by)
    added.append(picture)
    return picture


def _key(choice: Payload | None) -> str:
    return str(choice["key"]) if choice else ""


def _day(value: str | None) -> date | None:
    return datetime.fromisoformat(value).date() if value else None
