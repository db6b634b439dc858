"""Template tags for what many pages share and is rendered once per process: header, footer, signs of states."""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from landespreis import assets
from landespreis.context import installation

register = template.Library()

BELOW = "…"
"""Stands for whatever follows the address of a link: only that it is below counts."""


class Visitor(NamedTuple):
    """All that the header wants to know of a user."""

    is_authenticated: bool
    is_staff: bool
    fills_seat: bool


class Place(NamedTuple):
    """All that the header wants to know of a request."""

    path: str


@register.simple_tag(takes_context=True)
def header(context: Context) -> SafeString:
    """Return the header. It depends on who sees it only by what `Visitor` holds, so many share one."""
    user, request = context.get("user"), context.get("request")
    seated = bool(getattr(request, "fills_seat", False))
    visitor = Visitor(bool(user and user.is_authenticated), bool(user and user.is_staff), seated)
    links = _links(visitor, settings.DEMO)
    return _header(visitor, _place(request.path if request else "", links), settings.DEMO)


@register.simple_tag
def footer() -> SafeString:
    """Return the footer, the same on every page."""
    return _footer(settings.DEMO)


@register.simple_tag
@cache
def styles() -> SafeString:
    """Return the links to KERN and its fonts: cut to size where that was done (`build_assets`), else the originals."""
    if not _is_built():
        return _linked(("kern/fonts/fira-sans.css", "kern/kern.min.css"))
    early = format_html_join(
        "\n",
        '<link rel="preload" href="{}" as="font" type="font/woff2" crossorigin>',
        ((static(name),) for name in assets.preloaded()),
    )
    return format_html("{}\n{}", early, _linked(("built/kern.css",)))


@register.simple_tag
@cache
def fonts() -> SafeString:
    """Return the link to the fonts alone, for pages that bring styles of their own."""
    return _linked(("built/fonts.css" if _is_built() else "kern/fonts/fira-sans.css",))


def _linked(names: tuple[str, ...]) -> SafeString:
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', ((static(name),) for name in names))


def _is_built() -> bool:
    """Whether all of it can be served: it lies among the sources, and was collected where files are."""
    names = ("built/kern.css", "built/fonts.css", *assets.preloaded())
    try:
        return all(finders.find(name) and static(name) for name in names)
    except ValueError:  # the manifest does not know it
        return False


@register.simple_tag
@cache
def sign(kind: str) -> SafeString:
    """Return the sign of a state. A page of an entry shows a dozen of these, and there are only six."""
    return render_to_string("components/sign.html", {"kind": kind})


@lru_cache(maxsize=500)
def _header(visitor: Visitor, place: str, demo: bool) -> SafeString:
    context = {"user": visitor, "request": Place(place), **installation(None)}
    return render_to_string("components/header.html", context)


@cache
def _footer(demo: bool) -> SafeString:
    return render_to_string("components/footer.html", installation(None))


@cache
def _links(visitor: Visitor, demo: bool) -> frozenset[str]:
    """Return the addresses to which the header of `visitor` leads."""
    return frozenset(re.findall(r'href="([^"]+)"', _header(visitor, "", demo)))


def _place(path: str, links: frozenset[str]) -> str:
    """Return what of `path` makes a difference to links that mark themselves as current."""
    if path in links:
        return path
    above = [link for link in links if path.startswith(link) and link != "/"]
    return max(above, key=len) + BELOW if above else ""
