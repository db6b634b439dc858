"""Verbs on pictures: add one with its copies, remove one that nothing shows."""

import io

from django.db import transaction

from accounts.models import User
from landespreis import clock, files
from landespreis.inspection import Examined
from landespreis.refusal import Refused
from portal import images, richtext
from portal.models import Block, Event, News, Page, Picture, Project, Proposal
from portal.models.pictures import folder


def add(picture: Picture, examined: Examined, *, by: User | None) -> Picture:
    """Keep a new picture, examined and newly encoded, with its smaller copies.

    The files are stored before the transaction; if the row cannot be written they are deleted again. Raises Refused
    for an image that is there already, Unavailable (storage).
    """
    known = Picture.objects.filter(sha256=examined.sha256).first()
    if known:
        raise Refused(f"Dieses Bild gibt es schon: {known}.")
    picture.mimetype, picture.size, picture.sha256 = examined.mimetype, examined.size, examined.sha256
    picture.width, picture.height = examined.width or 0, examined.height or 0
    picture.added_at, picture.added_by = clock.now(), by
    made = images.copies(io.BytesIO(examined.content), picture.widths)
    contents = {f"original.{examined.extension}": examined.content, **made}
    stored: list[str] = []
    with files.kept_with_row(stored):
        for name, content in contents.items():
            stored.append(files.store(f"{folder(picture)}/{name}", [content]))
        picture.file.name = stored[0]
        with transaction.atomic():
            picture.save()
    return picture


def remove(picture: Picture) -> None:
    """Delete a picture and its files. Raises Refused while something shows it."""
    with transaction.atomic():
        shown = usages(picture)
        if shown:
            raise Refused(f"Bild {picture.pk} steht noch hier: {', '.join(shown)}. Nehmen Sie es dort zuerst heraus.")
        names = [picture.file.name or "", *picture.beside_file]
        picture.delete()
        transaction.on_commit(lambda: files.discard(*names))


def usages(picture: Picture) -> list[str]:
    """Return the titles of what shows the picture."""
    mark = f"(bild:{picture.pk})"
    titled = [str(row) for model in (News, Project, Event, Proposal) for row in model.objects.filter(picture=picture)]
    written = [
        str(row)
        for model in (News, Page, Project, Event, Proposal, Block)
        for row in model._default_manager.filter(body__contains=mark)
        if picture.pk in richtext.picture_numbers(row.body)
    ]
    return list(dict.fromkeys([*titled, *written]))
