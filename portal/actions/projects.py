"""Verbs on projects of the directory: save one with its partners, topics, facets and search text."""

from collections.abc import Iterable, Iterator, Sequence

from django.db import transaction

from accounts.register import sort_key
from landespreis import clock, wording
from landespreis.refusal import Refused
from portal import entries, slugs
from portal.actions import addresses, indexing, texts
from portal.models import Project, ProjectFacet, ProjectPartner, Topic

RESERVED = {"daten", "feed", "karte", "vorschlagen"}
"""Addresses below /projekte/ that are no projects."""
OUTSIDE = "ausserhalb"
PRIZE, FUNDED = "preis", "foerderung"
Kind = ProjectFacet.Kind


@transaction.atomic
def save(
    project: Project,
    *,
    partners: Sequence[ProjectPartner] | None = None,
    topics: Iterable[Topic] | None = None,
) -> Project:
    """Store a project with its text sanitised; without an address it gets one from its title.

    `partners` (unsaved, in their order) and `topics` replace what was there; None leaves them. The address it had
    before leads to it from then on. Raises Unreadable, and Refused for an address that is taken or for a copy of an
    entry that must not be out at its moment of publication.
    """
    require_released(project)
    project.body_html = texts.html(project.body)
    before = addresses.settle(project, project.title, RESERVED)
    project.sort_key = sort_key(project.title)
    project.changed_at = clock.now()
    project.save()
    addresses.remember(project, before)
    if partners is not None and list(map(_told, partners)) != list(map(_told, project.partners.order_by("pk"))):
        project.partners.all().delete()
        for partner in partners:
            partner.pk, partner.project = None, project
            partner.save()
    if topics is not None:
        project.topics.set(topics)
    refresh(project)
    return project


def lock(keys: Iterable[int]) -> None:
    """Lock projects until the transaction ends, always in the same order and before it has changed anything.

    Every change counts an edition, a row that all who change projects wait for: whoever holds it and then wants one
    more project waits for somebody who waits for that row, and the database ends one of the two.
    """
    list(Project.objects.select_for_update().filter(pk__in=list(keys)).order_by("pk").values_list("pk"))


def require_released(project: Project) -> None:
    """Raise Refused if a copy of an entry is to be public without ground, or before the ceremony people agreed to."""
    if project.submission is None or project.published_at is None:
        return
    objection = entries.objection(project.submission)
    if objection:
        raise Refused(f"{objection} Das Projekt bleibt deshalb nicht öffentlich.", title="Nicht veröffentlicht")
    embargo = project.submission.round.embargo_until
    if project.published_at < embargo:
        raise Refused(
            "Die Einwilligung der Kommune gilt für die Zeit nach der Preisverleihung. Wählen Sie als Beginn der "
            f"Veröffentlichung frühestens {wording.opening(embargo)}.",
            title="Noch nicht veröffentlicht",
        )


def refresh(project: Project) -> None:
    """Derive facets and search text anew; for whoever has written a project's rows by another way."""
    _settle(project)
    indexing.index(project)


def _told(partner: ProjectPartner) -> tuple[object, ...]:
    """Return what a partner says: where that is the same as before, nothing is written, and no number changes."""
    fields = (field for field in ProjectPartner._meta.concrete_fields if field.name not in {"id", "project"})
    return tuple(getattr(partner, field.attname) for field in fields)


def _settle(project: Project) -> None:
    """Write the facets that are new and delete those that are no more: the others' numbers stay what they were."""
    wanted = {(str(kind), value) for kind, value in _facets(project)}
    there = {(row.kind, row.value): row.pk for row in project.facets.all()}
    if gone := [pk for pair, pk in there.items() if pair not in wanted]:
        ProjectFacet.objects.filter(pk__in=gone).delete()
    ProjectFacet.objects.bulk_create(
        ProjectFacet(project=project, kind=kind, value=value) for kind, value in sorted(wanted - there.keys())
    )


def _facets(project: Project) -> Iterator[tuple[str, str]]:
    if project.category:
        yield Kind.CATEGORY, project.category.key
    for topic in project.topics.all():
        yield Kind.TOPIC, topic.slug
    taking_part = [project.lead, *(partner.municipality for partner in project.partners.select_related("municipality"))]
    for municipality in filter(None, taking_part):
        for region in municipality.regions:
            yield Kind.REGION, slugs.slug(region)
        if municipality.district_ags:
            yield Kind.DISTRICT, municipality.district_ags
        if municipality.ags:
            yield Kind.MUNICIPALITY, municipality.ags
    yield Kind.EDITION, slugs.slug(project.edition, most=60) if project.edition else OUTSIDE
    if project.prize_year:
        yield Kind.AWARD, PRIZE
    if project.is_funded:
        yield Kind.AWARD, FUNDED
