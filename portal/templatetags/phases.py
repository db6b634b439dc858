"""The bar that tells on every public page where the round stands."""

from functools import lru_cache

from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from landespreis import clock
from portal import caching, phases
from portal.course import Standing

register = template.Library()


@register.simple_tag(takes_context=True)
def phase_bar(context: Context) -> SafeString:
    """Return the bar, nothing without a round. The view of a shared page names `phases.TOPIC` and `phases.lasts`."""
    now = clock.now()
    standing = phases.standing(now, caching.numbers(context["request"]))
    return _bar(standing) if standing else SafeString()


@lru_cache(maxsize=10)
def _bar(standing: Standing) -> SafeString:
    return render_to_string("components/phase.html", {"standing": standing})
