"""Two people with the same page of the admin open: who saves later is told, and overwrites nothing unawares.

Every form to change a row carries a mark of what it showed. Where the row says something else by the time it comes
back, nothing is saved; what was written stands in the form still, and saving once more is then a decision.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib.admin import ModelAdmin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest

from landespreis import clock, history, wording
from landespreis.models import Trace

FIELD = "gelesen"
MARK = re.compile(r"(\d{1,11})-([0-9a-f]{64})")
"""When it was read, in seconds since 1970, and the digest of what it said."""
KEPT = (
    "Von Ihnen ist nichts gespeichert. Was Sie geschrieben haben, steht noch hier; Dateien wählen Sie bitte noch "
    "einmal aus. Öffnen Sie diese Seite in einem zweiten Fenster und gleichen Sie beides ab. Wenn Sie danach sichern, "
    "gilt, was hier steht."
)
CHANGED = f"Inzwischen hat sich hier etwas geändert. {KEPT}"


def mark(shown: Iterable[forms.BaseForm]) -> str:
    """Return the mark of forms as they were made from their rows, before anything was filled in."""
    values = [(form.prefix, [(name, _value(form, name)) for name in form.fields]) for form in shown]
    digest = hashlib.sha256(json.dumps(values, default=str).encode()).hexdigest()
    return f"{int(clock.now().timestamp())}-{digest}"


def is_same(one: str, other: str) -> bool:
    """Whether two marks stand for the same, whenever it was read."""
    return one.partition("-")[2] == other.partition("-")[2]


def told(row: Model, read: str) -> str:
    """Return the refusal of a form that was read before the row changed: who saved what and when, if that is logged."""
    found = MARK.fullmatch(read)
    since = datetime.fromtimestamp(int(found[1]), UTC) if found else clock.now()
    line = history.of(row).filter(verb=Trace.Verb.ADMIN_CHANGED, at__gte=since).first()
    if line is None or line.by is None:
        return CHANGED
    fields = ", ".join(line.detail.get("fields", ()))
    said = f" (geändert: {fields})" if fields else ""
    return f"Inzwischen hat {line.by} hier gespeichert, {wording.recently(line.at, clock.now())}{said}. {KEPT}"


class Read(forms.Form):
    """A form on a page of our own, which bears its `mark`; what is no row yet has none, and is asked nothing."""

    @property
    def mark(self) -> str:
        return mark([self])

    def clean(self) -> dict[str, Any]:
        read = self.data.get(FIELD, "")
        if read and not is_same(read, self.mark):
            self.add_error(None, CHANGED)
        return super().clean() or {}


class NotOvertaken(ModelAdmin[Any]):
    """Refuses to save over what somebody else has saved since the form was made, rows in a table of the page included.

    A form that comes without a mark is asked nothing.
    """

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Lock the row while a form of it is checked and saved, so that two at once come one after the other."""
        with transaction.atomic():
            if request.method == "POST" and object_id is not None:
                self._lock(object_id)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        read = request.POST.get(FIELD, "")
        if not (change and obj and read) or is_same(read, self._mark(request, obj, form)):
            return form
        return type(form.__name__, (_Overtaken, form), {"overtaken": told(obj, read)})

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Give the form its mark: a new one, but where what was filled in is wrong the one it came with."""
        obj, form = context.get("original"), context["adminform"].form
        context[FIELD] = ""
        if obj and self.has_change_permission(request, obj):
            is_kept = form.is_bound and not isinstance(form, _Overtaken)
            context[FIELD] = request.POST.get(FIELD, "") if is_kept else self._mark(request, obj, type(form))
        return super().render_change_form(request, context, *args, **kwargs)

    def _lock(self, object_id: str) -> None:
        try:
            key = self.opts.pk.to_python(object_id)
        except ValidationError:
            return  # the page says that there is no such row
        self.model._base_manager.select_for_update(no_key=True).filter(pk=key).values_list("pk").first()

    def _mark(self, request: HttpRequest, obj: Any, form: Any) -> str:
        row = self.model._base_manager.get(pk=obj.pk)  # the one at hand may bear what was just filled in
        shown = [form(instance=row)]
        for formset, inline in self.get_formsets_with_inlines(request, row):
            if inline.has_change_permission(request, row):
                shown += formset(instance=row, queryset=inline.get_queryset(request)).initial_forms
        return mark(shown)


class _Overtaken(forms.BaseForm):
    overtaken = ""

    def clean(self) -> Any:
        self.add_error(None, self.overtaken)
        return super().clean()


def _value(form: forms.BaseForm, name: str) -> Any:
    field, initial = form.fields[name], form.get_initial_for_field(form.fields[name], name)
    value = field.prepare_value(initial)
    return sorted(map(str, value)) if isinstance(field, forms.ModelMultipleChoiceField) and value else value
