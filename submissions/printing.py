"""An entry's version as a PDF to read and to keep: facts, texts, pictures, contact, and the list of its files."""

import logging
from io import BytesIO

from django.conf import settings
from PIL import Image, ImageOps

from landespreis import pdf
from submissions import sheet
from submissions.models import Attachment, Submission, Version

log = logging.getLogger(__name__)

STYLE = "css/papers.css"
PICTURE_PIXELS = 1200
"""The longer side of a printed picture: 180 dots per inch over the width of the text."""


def render(entry: Submission, version: Version) -> bytes:
    """Return a version of an entry as PDF. It has contact data, so it is for the office only."""
    criteria = {row.key: f"Kriterium {row.position}: {row.title}" for row in entry.round.criteria.all()}
    read = sheet.of(version.payload, criteria=criteria, links={})
    found = pictures(version)
    return pdf.render(
        "submissions/paper.html",
        {
            "label": entry.label,
            "round_name": entry.round.name,
            "version": version,
            "sheet": read,
            "pictures": [(file, f"{pdf.PICTURES}{file.id}.jpg") for file in read.files if f"{file.id}.jpg" in found],
            "demo": settings.DEMO,
        },
        stylesheet=STYLE,
        title=f"{entry.label}: {read.title.value}",
        created=version.submitted_at,
        pictures=found,
    )


def pictures(version: Version) -> dict[str, bytes]:
    """Return the images of a version as JPEG for print, by the name under which a template finds them."""
    images = version.files.downloadable().filter(kind=Attachment.Kind.IMAGE)
    return {f"{file.pk}.jpg": content for file in images if (content := picture(file))}


def picture(file: Attachment) -> bytes | None:
    """Return an image scaled down for print as JPEG; None when its bytes are lost or cannot be read."""
    try:
        with file.file.open("rb") as source, Image.open(source) as image:
            image.draft("RGB", (PICTURE_PIXELS, PICTURE_PIXELS))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((PICTURE_PIXELS, PICTURE_PIXELS))
            target = BytesIO()
            _on_white(upright).save(target, "JPEG", quality=82)
            return target.getvalue()
    except (OSError, ValueError, SyntaxError) as error:
        log.warning("picture %s is not printed: %s", file.pk, error)
        return None


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    ground = Image.new("RGB", image.size, "white")
    layer = image.convert("RGBA")
    ground.paste(layer, mask=layer)
    return ground
