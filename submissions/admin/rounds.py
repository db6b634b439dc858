"""Rounds with their categories, criteria and questions: data that staff change without a developer."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.forms import BaseInlineFormSet
from django.http import HttpRequest

from landespreis import clock, wording
from submissions.models import Category, Criterion, Question, Round
from submissions.models.round import require_weights


class CategoryInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Category
    extra = 0
    fields = ("position", "name", "short_name", "key", "blurb")


class CriterionFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """Refuses criteria of which none counts; one the jury has scored by is protected by its points."""

    def clean(self) -> None:
        super().clean()
        kept = [form.cleaned_data for form in self.forms if form.is_valid() and not form.cleaned_data.get("DELETE")]
        require_weights(values["weight"] for values in kept if "weight" in values)

    def get_unique_error_message(self, unique_check: Sequence[str]) -> str:
        fields = [Criterion._meta.get_field(name) for name in unique_check if name != "round"]
        labels = [str(getattr(field, "verbose_name", "")) for field in fields]
        return f"Zwei Kriterien haben dieselbe Angabe bei „{', '.join(labels)}“."


class CriterionInline(admin.StackedInline):  # type: ignore[type-arg]
    model = Criterion
    formset = CriterionFormSet
    extra = 0
    fields = (("position", "key", "weight", "tie_break"), "title", "explanation")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A weight of one reads «1,000»: with a point, people here would read a thousand."""
        if db_field.name == "weight":
            kwargs["localize"] = True
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class QuestionInline(admin.StackedInline):  # type: ignore[type-arg]
    model = Question
    extra = 0
    fields = (
        ("position", "key", "max_characters", "required", "criterion"),
        "title",
        "short_title",
        "intro",
        "prompt",
        "help",
        "example",
    )

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "criterion" and (
            pk := request.resolver_match and request.resolver_match.kwargs.get("object_id")
        ):
            kwargs["queryset"] = Criterion.objects.filter(round_id=pk)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Round)
class RoundAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "phase", "opens", "closes", "ceremony_on", "last_number")
    search_fields = ("name", "key", "number_prefix")
    search_help_text = "Name, Kürzel oder Anfang der Nummern"
    readonly_fields = ("phase", "last_number")
    inlines = (CategoryInline, CriterionInline, QuestionInline)
    fieldsets = (
        (None, {"fields": ("name", "key", "number_prefix", "phase", "last_number")}),
        (
            "Zeiten",
            {
                "fields": ("opens_at", "closes_at", "reminder_hours", "ceremony_on", "embargo_until"),
                "description": "Alle Uhrzeiten sind Ortszeit in Nordrhein-Westfalen.",
            },
        ),
        ("Bedingungen", {"fields": ("contract_after", "proof_required", "prize")}),
        ("Formular", {"fields": ("max_abstract", "max_files", "max_file_megabytes")}),
        (
            "Bewertung durch die Jury",
            {
                "fields": (
                    ("scoring_opens_at", "scoring_closes_at"),
                    "scoring_reminder_hours",
                    "session_at",
                    "quorum",
                    ("scale_min", "scale_max"),
                ),
                "description": (
                    "Die Bewertung beginnt nach Einreichungsschluss und formaler Prüfung. Der Bewertungsschluss "
                    "erinnert nur; die Bewertung endet mit der Eröffnung der Sitzung. Skala, Kriterien und Gewichte "
                    "sind öffentlich und stehen ab der ersten abgeschlossenen Bewertung fest."
                ),
            },
        ),
    )

    def save_model(self, request: HttpRequest, obj: Round, form: Any, change: bool) -> None:
        """Write only what was changed: the number that submits count up has moved on since the form was read."""
        obj.save(update_fields=form.changed_data if change else None)

    @admin.display(description="Phase")
    def phase(self, row: Round) -> str:
        return row.phase(clock.now()).label if row.pk else "–"

    @admin.display(description="Einreichung ab", ordering="opens_at")
    def opens(self, row: Round) -> str:
        return wording.opening(row.opens_at)

    @admin.display(description="Einreichungsschluss", ordering="closes_at")
    def closes(self, row: Round) -> str:
        return wording.deadline(row.closes_at)
