"""`url` and `static` as everywhere, but what hangs on nothing is looked up once per process.

A page has dozens of them, and looking them up anew took as long as all the rest of its frame. `settings.TEMPLATES`
puts both in the place of Django's own, so templates say what they always said.
"""

from typing import Any

from django import template
from django.template.base import FilterExpression, Node, Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as usual_url
from django.templatetags import static as usual

from landespreis.addresses import mount

register = template.Library()
register.tags.update(usual.register.tags)


class Constant(Node):
    """What a node renders, or puts in the variable `name`, once for each of the few things that it may hang on."""

    child_nodelists = ()

    def __init__(self, node: Node, name: str | None = None) -> None:
        self.node, self.name = node, name
        self.known: dict[Any, str] = {}

    def render(self, context: Context) -> str:
        around = (mount(), context.autoescape)
        if around not in self.known:
            shown = self.node.render(context)
            self.known[around] = context[self.name] if self.name else shown
        if not self.name:
            return self.known[around]
        context[self.name] = self.known[around]
        return ""


@register.tag
def url(parser: Parser, token: Token) -> Node:
    """Django's tag. Of the admin, which may exist twice, nothing is remembered."""
    node = usual_url(parser, token)
    assert isinstance(node, URLNode)
    said = [node.view_name, *node.args, *node.kwargs.values()]
    is_constant = all(map(_is_constant, said)) and not str(node.view_name.var).startswith("admin:")
    return Constant(node, node.asvar) if is_constant else node


@register.tag
def static(parser: Parser, token: Token) -> Node:
    """Django's tag."""
    node = usual.StaticNode.handle_token(parser, token)
    return Constant(node) if node.varname is None and _is_constant(node.path) else node


def _is_constant(said: FilterExpression) -> bool:
    return not said.is_var and not said.filters
