"""Addresses in templates: looked up once where nothing but the URLs decides, else as ever."""

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, set_script_prefix

from landespreis.templatetags.constants import Constant


def nodes(text: str) -> list[bool]:
    return [isinstance(node, Constant) for node in Template(text).nodelist]


@pytest.mark.parametrize(("text", "constant"), [
    ('{% url "portal:projects" %}', True), ('{% url "portal:page" "impressum" %}', True),
    ('{% url "portal:page" name %}', False), ("{% url name %}", False), ('{% url "portal:home" as path %}', True),
    ('{% url "admin:index" %}', False), ('{% url "portal:page" name|lower %}', False),
])  # fmt: skip
def test_only_what_hangs_on_nothing_is_remembered(text: str, constant: bool) -> None:
    assert nodes(text) == [constant]


def test_static_address_is_remembered_unless_it_hangs_on_a_variable() -> None:
    assert nodes('{% load static %}{% static "css/base.css" %}{% static name %}')[1:] == [True, False]
    assert Template('{% load static %}{% static "css/base.css" %}').render(Context()) == "/static/css/base.css"


def test_address_follows_the_place_where_the_portal_is_mounted() -> None:
    template = Template('{% url "portal:projects" %}')
    try:
        shown = [template.render(Context())]
        set_script_prefix("/preis/")
        shown.append(template.render(Context()))
    finally:
        set_script_prefix("/")

    assert [*shown, template.render(Context())] == ["/projekte/", "/preis/projekte/", "/projekte/"]


def test_address_in_a_variable_is_put_there_each_time() -> None:
    template = Template('{% url "portal:projects" as path %}{% url "portal:erfunden" as none %}{{ path }}|{{ none }}|')

    assert [template.render(Context()) for _ in range(2)] == ["/projekte/||"] * 2


def test_unknown_address_is_a_mistake_each_time() -> None:
    template = Template('{% url "portal:erfunden" %}')

    for _ in range(2):
        with pytest.raises(NoReverseMatch):
            template.render(Context())
