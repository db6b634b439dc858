"""Tests of the KERN template pack and the tags of the shell."""

from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory

from landespreis.kern import KernHelper


class SampleForm(forms.Form):
    name = forms.CharField(label="Name", help_text="Wie im Ausweis.", widget=forms.TextInput({"placeholder": "Name"}))
    note = forms.CharField(label="Notiz", required=False, widget=forms.Textarea)
    kind = forms.ChoiceField(
        label="Art", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect, help_text="Eines."
    )
    place = forms.ChoiceField(label="Ort", choices=[("x", "X")])
    sure = forms.BooleanField(label="Ich bin sicher")
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> None:
        raise forms.ValidationError("Beides zusammen geht nicht.")


def render(source: str, **context: Any) -> str:
    return Template("{% load kern crispy_forms_tags %}" + source).render(Context(context))


def test_field_ties_hint_and_error_to_its_control() -> None:
    html = render("{{ form.name|as_crispy_field }}", form=SampleForm({}))

    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert '<div class="kern-hint" id="id_name_helptext">Wie im Ausweis.</div>' in html
    assert '<div class="kern-error" id="id_name_error">' in html
    assert 'class="kern-form-input__input kern-form-input__input--error"' in html


def test_field_shows_no_placeholder() -> None:
    assert "placeholder" not in render("{{ form.name|as_crispy_field }}", form=SampleForm())


def test_group_is_a_fieldset_that_speaks_for_its_choices() -> None:
    html = render("{{ form.kind|as_crispy_field }}", form=SampleForm({}))

    assert ' aria-describedby="id_kind_helptext id_kind_error">' in html.split("<legend")[0]
    assert html.count('class="kern-form-check__radio') == 2
    assert html.count("aria-describedby") == 1
    assert "aria-invalid" not in html
    assert "checked" not in html


def test_select_stands_in_its_wrapper() -> None:
    html = render("{{ form.place|as_crispy_field }}", form=SampleForm())

    assert '<div class="kern-form-input__select-wrapper"><select' in html


@pytest.mark.parametrize(
    ("field", "optional", "marked"),
    [
        ("name", None, False),
        ("note", None, True),
        ("note", False, False),
        ("name", True, True),
        ("sure", None, False),
    ],
)
def test_label_marks_what_is_optional(field: str, optional: bool | None, marked: bool) -> None:
    form = SampleForm()
    if optional is not None:
        form.fields[field].optional = optional  # type: ignore[attr-defined]

    html = render("{{ field|as_crispy_field }}", field=form[field])

    assert ("– freiwillig" in html) == marked


def test_error_summary_links_to_the_controls() -> None:
    html = render('{% error_summary form note="Nichts ist verloren." %}', form=SampleForm({}))

    assert "Fehler: Bitte prüfen Sie fünf Angaben" in html
    assert "<li>Beides zusammen geht nicht.</li>" in html
    assert 'href="#id_name"' in html
    assert 'href="#id_kind_0"' in html
    assert "Nichts ist verloren." in html


@pytest.mark.parametrize(
    ("label", "line"),
    [
        ("Name", "Name: Dieses Feld ist zwingend erforderlich."),
        ("Wie heißen Sie?", "Wie heißen Sie? Dieses Feld ist zwingend erforderlich."),
        ("Ja, das soll so sein.", "Ja, das soll so sein. Dieses Feld ist zwingend erforderlich."),
        ("", "Dieses Feld ist zwingend erforderlich."),
    ],
)
def test_error_summary_puts_one_mark_between_label_and_message(label: str, line: str) -> None:
    form = forms.Form({})
    form.fields["name"] = forms.CharField(label=label)

    assert f">{line}</a>" in render("{% error_summary form %}", form=form)


def test_error_summary_is_silent_without_errors() -> None:
    assert render("{% error_summary form %}", form=SampleForm()).strip() == ""


def test_form_tells_its_own_errors_only_when_no_summary_did() -> None:
    alone = render("{{ form|crispy }}", form=SampleForm({}))
    with_summary = render("{% error_summary form %}{{ form|crispy }}", form=SampleForm({}))

    assert (alone.count("Beides zusammen"), with_summary.count("Beides zusammen")) == (1, 1)


def test_helper_renders_fields_and_leaves_the_form_to_the_template() -> None:
    html = render("{% crispy form helper %}", form=SampleForm(), helper=KernHelper())

    assert "<form" not in html
    assert "csrfmiddlewaretoken" not in html
    assert html.count('name="token"') == 1


@pytest.mark.parametrize(
    ("path", "mark"),
    [("/projekte/", ' aria-current="page"'), ("/projekte/pegel/", ' aria-current="true"'), ("/termine/", "")],
)
def test_nav_link_marks_the_page_one_is_on(path: str, mark: str) -> None:
    html = render('{% nav_link "Projekte" "portal:projects" %}', request=RequestFactory().get(path))

    assert html == f'<a href="/projekte/"{mark}>Projekte</a>'


def test_crumbs_begin_at_the_start_and_end_here() -> None:
    html = render('{% crumbs "Konto" "/konto/" title %}', title="Löschen <jetzt>")

    assert '<li><a href="/">Start</a></li><li><a href="/konto/">Konto</a></li>' in html
    assert '<span aria-current="page">Löschen &lt;jetzt&gt;</span>' in html
