"""The table of projects: its columns, and how a row becomes a project. Rows are stored by `projects.save` alone."""

import logging
from collections import Counter
from typing import Any

from django.core.exceptions import ValidationError
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.results import RowResult
from tablib import Dataset

from landespreis import clock
from landespreis.refusal import Refused
from portal import provenance, richtext
from portal.actions import projects
from portal.actions.exchange import cells
from portal.models import Project, ProjectPartner
from portal.models.projects import ProjectQuerySet
from submissions.models import Submission

log = logging.getLogger(__name__)
COLUMNS = (
    "slug", "title", "category", "topics", "lead", "partners", "department", "legal_form", "agreed_on", "state",
    "state_since", "website", "abstract", "body", "origin", "edition", "prize_year", "is_funded", "funding",
    "contact_name", "contact_email", "contact_phone", "contact_public", "picture", "published_at", "submission",
)  # fmt: skip
"""Keys that programs and people may rely on."""
LOOKED_UP = {"category", "lead", "picture", "submission", "body_html", "sort_key", "changed_at"}
"""What needs no validation: it comes from rows that are there, or from the verb."""
MOST_PARTNERS = 100


class Row(RowResult):  # type: ignore[misc]
    """What became of a row: the names of the columns that change."""

    def __init__(self) -> None:
        super().__init__()
        self.changes: list[str] = []


def _line(attribute: str) -> Field:
    return Field(attribute=attribute, widget=cells.Line())


class ProjectResource(ModelResource):  # type: ignore[misc]
    """Brings projects in by their slug; a column that is missing leaves what is there."""

    slug, title, department, website = _line("slug"), _line("title"), _line("department"), _line("website")
    contact_name, contact_email, contact_phone = _line("contact_name"), _line("contact_email"), _line("contact_phone")
    edition, funding = _line("edition"), _line("funding")
    category = Field(attribute="category", widget=cells.Category())
    topics = cells.Many(attribute="topics", widget=cells.Topics())
    lead = Field(attribute="lead", widget=cells.Town())
    partners = cells.Many(attribute="partners", widget=cells.Partners())
    legal_form = Field(attribute="legal_form", widget=cells.Choice(Submission.LegalForm.choices))
    agreed_on = Field(attribute="agreed_on", widget=cells.Day())
    state = Field(attribute="state", widget=cells.Choice(Submission.State.choices))
    state_since = Field(attribute="state_since", widget=cells.Day())
    abstract = Field(attribute="abstract", widget=cells.Words(800))
    body = Field(attribute="body", widget=cells.Words(30_000))
    origin = Field(attribute="origin", widget=cells.Choice(Project.Origin.choices))
    prize_year = Field(attribute="prize_year", widget=cells.Year())
    is_funded = Field(attribute="is_funded", widget=cells.YesOrNo())
    contact_public = Field(attribute="contact_public", widget=cells.YesOrNo())
    picture = Field(attribute="picture", widget=cells.Shown())
    published_at = Field(attribute="published_at", widget=cells.Moment())
    submission = cells.Entry(attribute="submission")

    class Meta:
        model = Project
        fields = export_order = import_order = COLUMNS
        import_id_fields = ("slug",)
        use_transactions = True
        skip_diff = True
        report_skipped = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.given: dict[str, Any] = {}
        self.before: dict[str, str] = {}
        self.there: dict[str, Project] = {}
        self.often: Counter[str] = Counter()
        known = cells.Known()
        for field in self.fields.values():
            field.widget.known = known
            field.given = self.given

    @classmethod
    def get_row_result_class(cls) -> type[Row]:
        return Row

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        """Read everything the table names, so that no row asks for itself."""
        addresses = [str(slug).strip() for slug in dataset["slug"]]
        self.often = Counter(filter(None, addresses))
        self.there = {project.slug: project for project in with_all().filter(slug__in=addresses)}

    def get_instance(self, instance_loader: Any, row: Any) -> Project | None:
        return self.there.get(str(row["slug"]).strip())

    def after_init_instance(self, instance: Project, new: bool, row: Any, **kwargs: Any) -> None:
        self.given.clear()
        self.before = {} if new else self._texts(instance)

    def skip_row(self, instance: Project, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        return bool(self.before) and not import_validation_errors and not self._changes(instance)

    def validate_instance(
        self, instance: Project, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        """Ask everything that a form would ask, and name each column that has to change."""
        errors = dict(import_validation_errors or {})
        if instance.origin == Project.Origin.FUNDED:
            instance.is_funded = True
        for column, said in self._problems(instance).items():
            errors.setdefault(column, ValidationError(said))
        exclude = {*errors, *([] if instance.slug else ["slug"])}
        try:
            instance.full_clean(exclude=exclude | LOOKED_UP, validate_constraints=False)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        try:
            instance.validate_constraints(exclude=exclude)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def _problems(self, project: Project) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if not project.title:
            found["title"] = "Nennen Sie den Titel."
        if project.slug in projects.RESERVED:
            found["slug"] = f"Die Adresse „{project.slug}“ ist schon vergeben. Wählen Sie eine andere."
        if self.often[project.slug] > 1:
            found["slug"] = "Diese Adresse steht in der Datei mehrmals."
        if problems := richtext.render(project.body).problems:
            found["body"] = problems
        if problem := self._partners(project):
            found["partners"] = problem
        try:
            projects.require_released(project)
        except Refused as refusal:
            found["published_at"] = refusal.message
        return provenance.problems(project, clock.now()) | found

    def _partners(self, project: Project) -> str:
        rows: list[ProjectPartner] = self.given.get("partners", [])
        names = [row.municipality or row.name.casefold() for row in rows]
        if project.lead in names:
            return "Die federführende Kommune steht auch bei den Partnern. Nehmen Sie sie dort heraus."
        if len(set(names)) < len(names):
            return "Ein Partner steht doppelt."
        return f"Mehr als {MOST_PARTNERS} Partner lassen sich nicht eintragen." if len(rows) > MOST_PARTNERS else ""

    def save_instance(self, instance: Project, is_create: bool, row: Any, **kwargs: Any) -> None:
        if not kwargs["dry_run"]:
            projects.save(instance, partners=self.given.get("partners"), topics=self.given.get("topics"))

    def save_m2m(self, instance: Project, row: Any, **kwargs: Any) -> None:
        """Everything is stored by the verb."""

    def after_import_row(self, row: Any, row_result: Row, **kwargs: Any) -> None:
        if row_result.is_update():
            row_result.changes = self._changes(row_result.instance)

    def _changes(self, project: Project) -> list[str]:
        return [column for column, text in self._texts(project).items() if text != self.before[column]]

    def _texts(self, project: Project) -> dict[str, str]:
        return {
            name: field.widget.render(self.given[name]) if name in self.given else field.export(project)
            for name, field in self.fields.items()
        }


def with_all() -> ProjectQuerySet:
    """Return projects with everything their row shows."""
    rows = Project.objects.select_related("category", "lead", "picture", "submission__round", "submission__current")
    return rows.prefetch_related("topics", "partners__municipality")
