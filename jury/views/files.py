"""The files of an entry, for those who may read it."""

import uuid

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from jury.views.frame import JurorRequest, entry_page
from landespreis import files
from submissions.models import Attachment, Submission


@entry_page
@require_safe
def download(request: JurorRequest, entry: Submission, file: uuid.UUID) -> HttpResponseBase:
    """A file of the version that counts, once the scanner let it pass."""
    if not request.sight.may_read(entry):
        raise Http404("not declared yet")
    row = get_object_or_404(Attachment.objects.downloadable().filter(versions=entry.current_id), pk=file)
    return files.serve(row.file, name=row.name, content_type=row.mimetype)
