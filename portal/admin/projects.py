"""Projects of the directory in the admin, with what they are sorted by."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from landespreis import clock, wording
from portal import entries
from portal.actions import projects as verbs
from portal.actions import publishing, sorting
from portal.admin.adoption import Adoption
from portal.admin.exchange import Exchange
from portal.admin.frame import OneByOne, person
from portal.forms.projects import PartnerForm, PartnerFormSet, ProjectForm
from portal.models import Block, FormerProjectAddress, Project, ProjectCategory, ProjectPartner, Topic
from submissions.admin.confirm import Question, ask


class PartnerInline(admin.StackedInline[ProjectPartner, Any]):
    model = ProjectPartner
    form = PartnerForm
    formset = PartnerFormSet
    extra = 0
    fields = ("municipality", "name", ("kind", "country"))
    verbose_name_plural = "Partner, ohne die federführende Kommune"


class FormerProjectAddressInline(admin.TabularInline[FormerProjectAddress, Any]):
    model = FormerProjectAddress
    extra = 0
    readonly_fields = ("slug",)

    def has_add_permission(self, request: HttpRequest, obj: Project | None = None) -> bool:
        return False


class Standing(admin.SimpleListFilter):
    title = "Stand"
    parameter_name = "stand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("oeffentlich", "öffentlich"), ("geplant", "geplant"), ("intern", "nicht öffentlich")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Project]") -> "QuerySet[Project]":
        now = clock.now()
        conditions = {
            "oeffentlich": Q(published_at__lte=now),
            "geplant": Q(published_at__gt=now),
            "intern": Q(published_at__isnull=True),
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))


class EditionFilter(admin.SimpleListFilter):
    title = "Wettbewerb"
    parameter_name = "wettbewerb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        known = Project.objects.exclude(edition="").order_by("edition").values_list("edition", flat=True).distinct()
        return [("-", "außerhalb"), *((name, name) for name in known)]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Project]") -> "QuerySet[Project]":
        value = self.value()
        return queryset if value is None else queryset.filter(edition="" if value == "-" else value)


class Ground(admin.SimpleListFilter):
    title = "Beitrag"
    parameter_name = "beitrag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("entfallen", "zurückgezogen, nicht zugelassen oder ohne Einwilligung")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Project]") -> "QuerySet[Project]":
        if self.value() != "entfallen":
            return queryset
        return queryset.filter(pk__in=entries.unfounded().values("pk"))


@admin.register(Project)
class ProjectAdmin(Adoption, Exchange, OneByOne, admin.ModelAdmin[Project]):
    form = ProjectForm
    list_display = ("title", "standing", "short_category", "lead", "source")
    list_filter = (Standing, "origin", "category", EditionFilter, "is_funded", Ground)
    list_select_related = ("category", "lead")
    search_fields = ("title", "abstract", "lead__name", "partners__name", "partners__municipality__name")
    search_help_text = "Titel, Kurzbeschreibung, Kommune oder Partner"
    ordering = (F("published_at").desc(nulls_first=True), "-pk")
    inlines = (PartnerInline, FormerProjectAddressInline)
    view_on_site = False  # the button says which page it is
    change_form_template = "admin/portal/project.html"
    change_list_template = "admin/portal/projects.html"
    delete_confirmation_template = "admin/portal/delete_project.html"
    fieldsets = (
        (None, {"fields": ("title", "slug", "origin", "entry", "category", "topics")}),
        ("Federführung", {"fields": ("lead", "department")}),
        ("Text und Bild", {"fields": ("abstract", "body", "picture")}),
        ("Angaben", {"fields": ("legal_form", "agreed_on", "state", "state_since", "website")}),
        ("Wettbewerb und Förderung", {"fields": ("edition", "prize_year", "is_funded", "funding")}),
        (
            "Kontakt, nur mit Einwilligung",
            {
                "fields": ("contact_name", "contact_email", "contact_phone", "contact_public"),
                "description": "Ohne Haken bei „Kontakt darf veröffentlicht werden“ bleiben diese Angaben in der "
                "Verwaltung.",
            },
        ),
        ("Veröffentlichung", {"fields": ("published_at",)}),
    )

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Project]":
        founded = Exists(entries.released().filter(pk=OuterRef("submission")))
        lost = ExpressionWrapper(Q(submission__isnull=False) & ~founded, output_field=BooleanField())
        rows: QuerySet[Project] = super().get_queryset(request)
        return rows.annotate(is_unfounded=lost)

    def get_urls(self) -> list[URLPattern]:
        act = path("<int:pk>/<slug:act>/jetzt/", self.admin_site.admin_view(self.decide), name="portal_publishing")
        return [act, *super().get_urls()]

    def get_inlines(self, request: HttpRequest, obj: Project | None) -> list[Any]:
        return list(self.inlines) if obj and obj.former_addresses.exists() else [PartnerInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Project | None = None) -> tuple[str, ...]:
        """Of a copy the portal alone knows where it comes from and whether it has won."""
        return ("entry", "origin", "prize_year") if obj and obj.submission_id else ("entry",)

    def save_model(self, request: HttpRequest, obj: Project, form: "ModelForm[Project]", change: bool) -> None:
        """Leave it to `save_related`: one verb stores the project with its partners and topics."""

    def save_related(self, request: HttpRequest, form: "ModelForm[Project]", formsets: Any, change: bool) -> None:
        partners = None
        for formset in formsets:
            formset.save(commit=False)  # fills in what the log of changes tells
            if isinstance(formset, PartnerFormSet) and formset.has_changed():
                partners = formset.rows
        verbs.save(form.instance, partners=partners, topics=form.cleaned_data["topics"])

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        project = self.get_object(request, object_id)
        context = {"warning": _warning(project), "buttons": self._buttons(request, project)}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | context)

    def decide(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        """Ask once more, and publish the project or take it off the public pages."""
        project = get_object_or_404(Project.objects.select_related("submission__round", "submission__current"), pk=pk)
        if not self.has_change_permission(request, project):
            raise PermissionDenied
        if act not in {"veroeffentlichen", "zuruecknehmen"}:
            raise Http404
        return ask(self, request, (_publish if act == "veroeffentlichen" else _withdraw)(project, person(request)))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Say in words what goes along, and which newsletters keep a project from going."""
        _, counts, lacking, _ = super().get_deleted_objects(objs, request)
        told = [line for project in objs for line in _goes_along(project)]
        blocks = Block.objects.filter(project__in=objs).select_related("newsletter").order_by("newsletter", "pk")
        kept = dict.fromkeys(f"Newsletter {block.newsletter}" for block in blocks)
        return told, counts, lacking, list(kept)

    @admin.display(description="Stand", ordering=F("published_at").desc(nulls_first=True))
    def standing(self, project: Any) -> str:
        if project.is_unfounded:
            return "nicht öffentlich: Grundlage entfallen"
        if project.published_at is None:
            return "nicht öffentlich"
        said = wording.moment_short(project.published_at)
        return f"seit {said}" if project.is_public(clock.now()) else f"erscheint {said}"

    @admin.display(description="Kategorie", ordering="category")
    def short_category(self, project: Project) -> str:
        return project.category.short_name if project.category else "–"

    @admin.display(description="Herkunft", ordering="origin")
    def source(self, project: Project) -> str:
        return project.edition or project.get_origin_display()

    @admin.display(description="Einreichung")
    def entry(self, project: Project) -> str | SafeString:
        if project.submission is None:
            return "keine, von Hand eingetragen"
        return f"{project.submission.label}, Kopie der eingereichten Version"

    def _buttons(self, request: HttpRequest, project: Project | None) -> list[tuple[str, str]]:
        """Return title and address of what can be done with the project besides saving."""
        if project is None:
            return []
        is_public = project.is_public(clock.now())
        look = ("Auf der Website ansehen" if is_public else "Vorschau", project.get_absolute_url())
        if not self.has_change_permission(request, project):
            return [look]
        title, act = ("Zurücknehmen", "zuruecknehmen") if is_public else ("Veröffentlichen", "veroeffentlichen")
        return [look, (title, reverse("admin:portal_publishing", args=[project.pk, act]))]


def _warning(project: Project | None) -> str:
    """Return what staff have to know about a copy before they do anything with it, or nothing."""
    if project is None or project.submission is None:
        return ""
    objection = entries.objection(project.submission)
    if objection:
        return f"{objection} Das Projekt ist deshalb nicht öffentlich und lässt sich nicht veröffentlichen."
    if project.published_at is None:
        return (
            "Diese Kopie ist noch nicht öffentlich. Die Einwilligung in der Einreichung nennt die Kurzbeschreibung und "
            "die Zeit nach der Preisverleihung: Stimmen Sie Text und Bilder vorher mit der Kommune ab."
        )
    return ""


def _question(project: Project, **values: Any) -> Question:
    back = reverse("admin:portal_project_change", args=[project.pk])
    return Question(about=project.title, back=back, **values)


def _publish(project: Project, by: User) -> Question:
    sentences = ["Das Projekt ist dann sofort für alle zu sehen und zu finden."]
    if project.submission_id:
        sentences.append(
            "Es ist aus einem Beitrag zum Landespreis entstanden. Die Einwilligung darin nennt die Kurzbeschreibung: "
            "Veröffentlichen Sie Text und Bilder nur, wenn die Kommune auch ihnen zugestimmt hat."
        )
    return _question(
        project,
        title="Veröffentlichen",
        sentences=sentences,
        button="Jetzt veröffentlichen",
        done="Das Projekt ist öffentlich.",
        verb=lambda: publishing.publish(project, by=by),
    )


def _withdraw(project: Project, by: User) -> Question:
    return _question(
        project,
        title="Zurücknehmen",
        sentences=(
            "Das Projekt verschwindet sofort von allen öffentlichen Seiten und aus der Suche.",
            "In der Verwaltung bleibt es.",
            "Schon versendete Newsletter ändern sich nicht.",
        ),
        button="Jetzt zurücknehmen",
        done="Das Projekt ist nicht mehr öffentlich.",
        verb=lambda: publishing.withdraw(project, by=by),
    )


def _goes_along(project: Project) -> list[Any]:
    counted = {
        "Partner": project.partners.count(),
        "frühere Adressen, sie führen dann nirgends mehr hin": project.former_addresses.count(),
        "Änderungsvorschläge der Kommune": project.proposals.count(),
    }
    lines = [f"{number} {name}" for name, number in counted.items() if number]
    if project.submission:
        lines.append(f"Die Einreichung {project.submission.label} bleibt und lässt sich noch einmal übernehmen.")
    return [format_html("Projekt „{}“", project.title), *([lines] if lines else [])]


class Counted(admin.ModelAdmin[Any]):
    """Mixin: how many projects bear the row."""

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        rows: QuerySet[Any] = super().get_queryset(request).annotate(counted=Count("projects"))
        return rows

    @admin.display(description="Projekte", ordering="counted")
    def projects_counted(self, row: Any) -> int:
        return int(row.counted)


@admin.register(ProjectCategory)
class ProjectCategoryAdmin(Counted, OneByOne, admin.ModelAdmin[ProjectCategory]):
    list_display = ("name", "short_name", "projects_counted", "hue", "position", "key")

    def save_model(
        self, request: HttpRequest, obj: ProjectCategory, form: "ModelForm[ProjectCategory]", change: bool
    ) -> None:
        sorting.save_category(obj)


@admin.register(Topic)
class TopicAdmin(Counted, OneByOne, admin.ModelAdmin[Topic]):
    list_display = ("name", "projects_counted", "position", "slug")
    prepopulated_fields = {"slug": ("name",)}

    def save_model(self, request: HttpRequest, obj: Topic, form: "ModelForm[Topic]", change: bool) -> None:
        sorting.save_topic(obj)

    def delete_model(self, request: HttpRequest, obj: Topic) -> None:
        sorting.remove_topic(obj)
