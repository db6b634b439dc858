"""The smaller copies of a picture in the forms that browsers choose from; written once, when it is added."""

import io
from typing import IO, Any

from PIL import Image

from portal.models.pictures import FORMS, WIDTHS

SAVE: dict[str, dict[str, Any]] = {
    "avif": {"format": "AVIF", "quality": 58, "speed": 7},
    "webp": {"format": "WEBP", "quality": 76, "method": 4},
    "jpg": {"format": "JPEG", "quality": 80, "optimize": True, "progressive": True},
}
WHITE = (255, 255, 255)


def copies(source: IO[bytes], widths: list[int]) -> dict[str, bytes]:
    """Return «960.webp» → its bytes, for every width and form.

    `source` has passed `inspection.examine_image`: nothing is decoded here that has not been encoded by us. A
    see-through picture stands on white in JPEG.
    """
    made: dict[str, bytes] = {}
    with Image.open(source, formats=("JPEG", "PNG", "WEBP")) as picture:
        whole = picture.convert("RGBA" if "A" in picture.getbands() else "RGB")
    for width in widths:
        height = max(1, round(whole.height * width / whole.width))
        small = whole.resize((width, height), Image.Resampling.LANCZOS) if width != whole.width else whole
        for form, options in SAVE.items():
            out = io.BytesIO()
            (_opaque(small) if form == "jpg" else small).save(out, **options)
            made[name(width, form)] = out.getvalue()
    return made


def name(width: int, form: str) -> str:
    """Return the file name of a copy."""
    return f"{width}.{form}"


def is_offered(width: int, form: str) -> bool:
    """Say whether a copy of that kind can exist at all; whether this picture has it, only its own widths tell."""
    return form in FORMS and 0 < width <= WIDTHS[-1]


def _opaque(picture: Image.Image) -> Image.Image:
    if picture.mode == "RGB":
        return picture
    ground = Image.new("RGB", picture.size, WHITE)
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground
