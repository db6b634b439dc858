"""The rows of a round in the admin: categories, criteria and questions, and what the forms say when they do not fit."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import F
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest

from submissions.models import Category, Criterion, Question, guards
from submissions.models.rules import require_weights

ASIDE = 10_000
"""Where rows wait while they change places: the database holds each place once."""


class PlacedForm(ModelForm[Any]):
    """A row whose place is looked at by its formset: two that change places are fine."""

    def _get_validation_exclusions(self) -> set[str]:
        exclusions: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return exclusions | {"position"}


class PlacedFormSet(BaseInlineFormSet[Any, Any, Any]):
    """Refuses two rows on one place and names both; says why a row cannot go."""

    noun = ""
    last = ""
    """What stays at least, in words."""

    def clean(self) -> None:
        self._require_places([form for form in self.forms if form.cleaned_data and not _goes(form)])
        _require_last(self, self.last)
        reasons = [self.removing(form.instance) for form in self.forms if _goes(form) and form.instance.pk]
        if any(reasons):
            raise ValidationError([reason for reason in reasons if reason])
        super().clean()

    def _require_places(self, kept: list[Any]) -> None:
        places: dict[int, str] = {}
        for form in kept:
            place, name = form.cleaned_data.get("position"), str(form.instance)
            if place is None:
                continue
            if place >= ASIDE:
                raise ValidationError(f"Platz {place} gibt es nicht: „{name}“. Zählen Sie von 1 an.")
            if place in places:
                raise ValidationError(
                    f"Zwei {self.noun} stehen auf Platz {place}: „{places[place]}“ und „{name}“. "
                    "Geben Sie einer davon einen anderen."
                )
            places[place] = name

    def removing(self, row: Any) -> str:
        """Why a row cannot go, or nothing."""
        return ""


def _goes(form: Any) -> bool:
    """Whether the row is to be removed; asking the form whether it is valid would raise for a protected one."""
    return bool(form.cleaned_data.get("DELETE"))


def _require_last(formset: Any, last: str) -> None:
    """Refuse to remove the last row of a round that everybody knows of; it could not have been announced without."""
    filled = [form for form in formset.forms if getattr(form, "cleaned_data", None)]
    if formset.instance.is_announced and filled and all(_goes(form) for form in filled):
        raise ValidationError(f"Die Runde ist bekannt gemacht: {last} muss bleiben.")


class CategoryFormSet(PlacedFormSet):
    noun = "Kategorien"
    last = "Mindestens eine Kategorie"

    def removing(self, row: Any) -> str:
        return guards.removing_category(row)

    def save(self, commit: bool = True) -> Any:
        """First let those that move or go step aside, so that any order of writing works."""
        moving = [
            form.instance.pk
            for form in self.initial_forms
            if "position" in form.changed_data or form in self.deleted_forms
        ]
        Category.objects.filter(pk__in=moving, position__lt=ASIDE).update(position=F("position") + ASIDE)
        return super().save(commit)


class QuestionFormSet(PlacedFormSet):
    noun = "Fragen"
    last = "Mindestens eine Frage"

    def removing(self, row: Any) -> str:
        return guards.removing_question(row)


class CriterionFormSet(BaseInlineFormSet[Any, Any, Any]):
    """Refuses criteria of which none counts; one the jury has scored by is protected by its points."""

    def clean(self) -> None:
        super().clean()
        _require_last(self, "Mindestens ein Kriterium")
        kept = [form.cleaned_data for form in self.forms if form.is_valid() and not form.cleaned_data.get("DELETE")]
        require_weights(values["weight"] for values in kept if "weight" in values)

    def get_unique_error_message(self, unique_check: Sequence[str]) -> str:
        fields = [Criterion._meta.get_field(name) for name in unique_check if name != "round"]
        labels = [str(getattr(field, "verbose_name", "")) for field in fields]
        return f"Zwei Kriterien haben dieselbe Angabe bei „{', '.join(labels)}“."


class CategoryInline(admin.StackedInline[Category, Any]):
    model = Category
    form = PlacedForm
    formset = CategoryFormSet
    extra = 0
    fields = (("position", "key"), "name", "short_name", "blurb")


class CriterionInline(admin.StackedInline[Criterion, Any]):
    model = Criterion
    formset = CriterionFormSet
    extra = 0
    fields = (("position", "key", "weight", "tie_break"), "title", "explanation")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A weight of one reads «1,000»: with a point, people here would read a thousand."""
        if db_field.name == "weight":
            kwargs["localize"] = True
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class QuestionInline(admin.StackedInline[Question, Any]):
    model = Question
    formset = QuestionFormSet
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
        if db_field.name == "criterion":
            pk = request.resolver_match and request.resolver_match.kwargs.get("object_id")
            kwargs["queryset"] = Criterion.objects.filter(round_id=pk) if pk else Criterion.objects.none()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
