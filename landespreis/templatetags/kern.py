"""Template tags for the shell and for forms: navigation, breadcrumbs, error summary, KERN's class per widget."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from django import forms, template
from django.forms.boundfield import BoundField, BoundWidget
from django.template.context import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

FIRST_CHOICE = (forms.RadioSelect, forms.CheckboxSelectMultiple)
"""Widgets that are several controls; a link to the field targets the first one."""


class Crumb(NamedTuple):
    title: str
    url: str


class Problem(NamedTuple):
    """One line of the error summary: the target's id (empty = no field), the label with its mark, the message."""

    target: str
    label: str
    message: str


@register.simple_tag(takes_context=True)
def nav_link(context: Context, title: str, viewname: str) -> SafeString:
    """Link to a named page; marked as current on the page itself ("page") and on pages below it ("true")."""
    url = reverse(viewname)
    request = context.get("request")
    path = request.path if request else ""
    if path == url:
        return format_html('<a href="{}" aria-current="page">{}</a>', url, title)
    if path.startswith(url) and url != "/":
        return format_html('<a href="{}" aria-current="true">{}</a>', url, title)
    return format_html('<a href="{}">{}</a>', url, title)


@register.simple_tag
@lru_cache(maxsize=500)
def crumbs(*parts: str) -> SafeString:
    """Return breadcrumbs from "title, url, title, url, …, title of this page"; "Start" is put before them."""
    *pairs, here = parts
    trail = [Crumb(title, url) for title, url in zip(pairs[::2], pairs[1::2], strict=True)]
    return render_to_string(
        "components/crumbs.html", {"crumbs": [Crumb("Start", reverse("portal:home")), *trail, Crumb(here, "")]}
    )


@register.inclusion_tag("components/error_summary.html")
def error_summary(*bound: forms.BaseForm, note: str = "") -> dict[str, Any]:
    """List the problems of one or more forms as links to their fields; renders nothing when there are none."""
    problems = [problem for form in bound for problem in _problems(form)]
    for form in bound:
        form.is_summarised = True  # type: ignore[attr-defined]
    return {"problems": problems, "note": note}


@register.filter
def control_class(field: BoundField) -> str:
    """Return KERN's class for the field's control."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
        return "kern-form-check__checkbox"
    if isinstance(widget, forms.RadioSelect):
        return "kern-form-check__radio"
    if isinstance(widget, forms.Select):
        return "kern-form-input__select"
    return "kern-form-input__input"


@register.filter
def control(field: BoundField) -> SafeString:
    """Render the field's control with KERN's class added to its own, and the error class if it has errors.

    KERN shows no placeholders: they vanish while one types.
    """
    field.field.widget.attrs.pop("placeholder", None)
    own = field.field.widget.attrs.get("class", "")
    base = control_class(field)
    error = f"{base}--error" if field.errors else ""
    return field.as_widget(attrs={"class": " ".join(filter(None, [own, base, error]))})


@register.filter
def choices(field: BoundField) -> list[BoundWidget]:
    """Return the single controls of a group, each with `tag`, `choice_label` and `id_for_label`.

    They do not carry `aria-describedby` or `aria-invalid`: the fieldset around them speaks for all.
    """
    widget = field.field.widget
    own = widget.attrs.get("class", "")
    attrs = field.build_widget_attrs({"id": field.auto_id, "class": f"{own} {control_class(field)}".strip()})
    for key in ("aria-describedby", "aria-invalid"):
        attrs.pop(key, None)
    controls = widget.subwidgets(field.html_name, field.value(), attrs=attrs)
    return [BoundWidget(widget, data, field.form.renderer) for data in controls]


@register.filter
def describedby(field: BoundField) -> str:
    """Return the ids of hint and error that exist, for a fieldset."""
    ids = [f"{field.auto_id}_helptext"] if field.help_text else []
    return " ".join([*ids, f"{field.auto_id}_error"] if field.errors else ids)


@register.filter
def is_optional(field: BoundField) -> bool:
    """Say whether the label is marked "freiwillig".

    A form field may carry `optional = True/False`, for drafts in which nothing is required yet; otherwise
    every field that is not required is marked, except a single box to tick.
    """
    return bool(getattr(field.field, "optional", not field.field.required and not is_checkbox(field)))


@register.filter
def loose_errors(form: forms.BaseForm) -> list[str]:
    """Return the form's own errors unless an error summary on the page has already told them."""
    return [] if getattr(form, "is_summarised", False) else [str(error) for error in form.non_field_errors()]


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Say whether the field is one box to tick."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_group(field: BoundField) -> bool:
    """Say whether the field is several controls that need a fieldset."""
    return isinstance(field.field.widget, FIRST_CHOICE)


@register.filter
def is_select(field: BoundField) -> bool:
    """Say whether the field is a drop-down list."""
    return isinstance(field.field.widget, forms.Select) and not is_group(field)


def _problems(form: forms.BaseForm) -> Iterator[Problem]:
    for message in form.non_field_errors():
        yield Problem("", "", str(message))
    for field in form:
        for message in field.errors:
            yield Problem(_target(field), _introduction(str(field.label)), str(message))


def _introduction(label: str) -> str:
    """Return `label` as it stands before a message; one that is a whole sentence keeps its own mark."""
    return label if not label or label[-1] in ".?!:" else f"{label}:"


def _target(field: BoundField) -> str:
    if is_group(field):
        return f"{field.auto_id}_0"
    return field.id_for_label or field.auto_id
