"""The copies of pictures; what an address names never changes, so that everybody may keep it for good."""

import uuid

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from portal import images
from portal.models import Picture
from portal.models.pictures import FORMS, folder

FOREVER = "public, max-age=31536000, immutable"


@require_safe
def picture(request: HttpRequest, picture: uuid.UUID, width: int, form: str) -> HttpResponse:
    if not images.is_offered(width, form):
        raise Http404
    etag = f'"{picture}-{width}-{form}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag, "Cache-Control": FOREVER})
    found = get_object_or_404(Picture, key=picture)
    if width not in found.widths:
        raise Http404
    try:
        with default_storage.open(f"{folder(found)}/{images.name(width, form)}") as file:
            content = file.read()
    except FileNotFoundError as error:
        raise Http404 from error
    headers = {"Cache-Control": FOREVER, "ETag": etag, "Content-Security-Policy": "sandbox; default-src 'none'"}
    return HttpResponse(content, content_type=FORMS[form], headers=headers)
