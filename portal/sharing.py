"""The picture that others show beside a link to a page without a photo: the country's Kreise and the award's name."""

import re
from functools import cache
from io import BytesIO
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from landespreis import mapping

NAME = "img/teilen.png"
SHIPPED = Path(settings.BASE_DIR) / "static" / NAME
SIZE = WIDTH, HEIGHT = 1200, 630
TITLE = ("Der Landespreis", "für Kommunen, die", "zusammenarbeiten")
UNDER = ("Innovative interkommunale", "Zusammenarbeit in Nordrhein-Westfalen")
CREDIT = "Karte: © GeoBasis-DE / BKG (2016), VG250, verändert"
GROUND, TEXT, MUTED = "#101c45", "#ffffff", "#c3cbe6"
REGIONS = ("#2443ad", "#3d5fc4", "#6f86cf", "#15946f", "#8fa3dd")
"""A colour of the award's mark for each Regierungsbezirk."""
TWICE = 2
"""Drawn larger and made smaller, so that edges are smooth."""
FONTS = Path(settings.NODE_MODULES) / "@kern-ux" / "native" / "dist" / "fonts" / "fira-sans"


def draw() -> bytes:
    """Return the picture as PNG."""
    picture = Image.new("RGB", (WIDTH * TWICE, HEIGHT * TWICE), GROUND)
    pen = ImageDraw.Draw(picture)
    regions = sorted({shape.region for shape in mapping.shapes()})
    for shape in mapping.shapes():
        for ring in _rings(shape.path):
            pen.polygon(ring, fill=REGIONS[regions.index(shape.region)], outline=GROUND, width=2 * TWICE)
    for line, words in enumerate(TITLE):
        _write(pen, (64, 150 + line * 68), words, "SemiBold", 58, TEXT)
    for line, words in enumerate(UNDER):
        _write(pen, (64, 392 + line * 38), words, "Regular", 28, MUTED)
    _write(pen, (64, 580), CREDIT, "Regular", 17, MUTED)
    out = BytesIO()
    small = picture.resize(SIZE, Image.Resampling.LANCZOS)
    small.quantize(128).save(out, "PNG", optimize=True)
    return out.getvalue()


def _rings(path: str) -> list[list[tuple[float, float]]]:
    """Return each ring of a shape where it stands on the picture: on the right, from edge to edge."""
    scale = TWICE * (HEIGHT - 60) / mapping.COUNTRY
    return [
        [((620 * TWICE + x * scale), (30 * TWICE + y * scale)) for x, y in mapping.points(ring)]
        for ring in re.findall(r"M[^M]*", path)
    ]


def _write(pen: ImageDraw.ImageDraw, at: tuple[int, int], words: str, cut: str, size: int, colour: str) -> None:
    x, y = at
    pen.text((x * TWICE, y * TWICE), words, fill=colour, font=_font(cut, size * TWICE))


@cache
def _font(cut: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"FiraSans-{cut}.woff2", size)
