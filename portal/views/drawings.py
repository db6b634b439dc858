"""Pictures that the portal draws: a project's stretch of the map, and the pattern that stands for a photo."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from landespreis import clock
from portal import picturing, tessellation
from portal.models import Hue, Project
from portal.models.projects import ProjectQuerySet
from portal.picturing import Drawn
from portal.views.pictures import FOREVER

DAY = "public, max-age=86400"
NEVER = "private, no-store"


@require_safe
def project_picture(request: HttpRequest, project: str, version: str) -> HttpResponse:
    """The picture of a project, to be kept for good; an address of before leads to the present one, for now only.

    Of a project that is not out only editors get one, and nobody keeps it.
    """
    now = clock.now()
    visible = Project.objects.visible_to(request.user, now).with_all()
    found = _found(visible, project)
    if found.slug != project or picturing.version(found) != version:
        return redirect(picturing.address(found))
    return _answer(request, picturing.draw(found), FOREVER if found.is_public(now) else NEVER)


@require_safe
def pattern(request: HttpRequest, hue: str, count: int, seed: int) -> HttpResponse:
    if hue not in Hue.values or not tessellation.FEWEST <= count <= tessellation.MOST or seed >= tessellation.SEEDS:
        raise Http404
    return _answer(request, picturing.draw_pattern(hue, count, seed), DAY)


def _found(visible: ProjectQuerySet, slug: str) -> Project:
    found = visible.filter(slug=slug).first() or visible.filter(former_addresses__slug=slug).first()
    if found is None:
        raise Http404
    return found


def _answer(request: HttpRequest, drawn: Drawn, policy: str) -> HttpResponse:
    """Answer with the picture; other sites may show it too."""
    headers = {
        "Cache-Control": policy,
        "ETag": drawn.etag,
        "Content-Security-Policy": drawn.policy,
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if request.headers.get("If-None-Match") == drawn.etag:
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(drawn.content, content_type="image/svg+xml", headers=headers)
