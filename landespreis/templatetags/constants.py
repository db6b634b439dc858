"""`url` and `static` as everywhere, but what hangs on nothing is looked up once per process.

A page has dozens of them, and looking them up anew took as long as all the rest of its frame. `settings.TEMPLATES`
puts both in the place of Django's own, so templates say what they always said.
"""

from typing import Any

from django import template
from django.conf import settings
from django.template.base import FilterExpression, Node, Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as usual_url
from django.templatetags import static as usual
from django.urls import get_script_prefix, get_urlconf

register = template.Library()
register.tags.update(usual.register.tags)


class Constant(Node):
    """What a node renders, once for each of the few things that it may hang on."""

    child_nodelists = ()

    def __init__(self, node: Node) -> None:
        self.node = node
        self.known: dict[Any, str] = {}

    def render(self, context: Context) -> str:
        around = (get_urlconf(), get_script_prefix(), settings.ROOT_URLCONF, context.autoescape)
        if around not in self.known:
            self.known[around] = self.node.render(context)
        return self.known[around]


@register.tag
def url(parser: Parser, token: Token) -> Node:
    """Django's tag. Of what is put in a variable, and of the admin, which may exist twice, nothing is remembered."""
    node = usual_url(parser, token)
    assert isinstance(node, URLNode)
    said = [node.view_name, *node.args, *node.kwargs.values()]
    is_constant = not node.asvar and all(map(_is_constant, said)) and not str(node.view_name.var).startswith("admin:")
    return Constant(node) if is_constant else node


@register.tag
def static(parser: Parser, token: Token) -> Node:
    """Django's tag."""
    node = usual.StaticNode.handle_token(parser, token)
    return Constant(node) if node.varname is None and _is_constant(node.path) else node


def _is_constant(said: FilterExpression) -> bool:
    return not said.is_var and not said.filters
