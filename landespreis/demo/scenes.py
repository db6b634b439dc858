"""The photographs that many demo people attach, drawn here in a few strokes so that none is shipped."""

from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw, ImageFilter

PICTURE = (1200, 800)
HORIZON = 470
SKY, MEADOW, DARK, LIGHT, STEEL = (188, 204, 218), (108, 132, 84), (52, 56, 62), (238, 236, 228), (136, 144, 152)
RED, BLUE, WATER, WOOD = (168, 58, 48), (42, 74, 122), (112, 136, 150), (132, 100, 70)
Draw = ImageDraw.ImageDraw


@lru_cache(maxsize=16)
def scene(motif: str) -> bytes:
    """Return a JPEG of one of `MOTIFS` under a pale sky."""
    picture = Image.linear_gradient("L").resize(PICTURE).convert("RGB")
    picture = Image.blend(Image.new("RGB", PICTURE, SKY), picture, 0.18)
    draw = ImageDraw.Draw(picture)
    draw.rectangle([0, HORIZON, *PICTURE], fill=MEADOW)
    _grass(draw, Random(motif))  # noqa: S311 - a meadow, not a secret
    picture = picture.filter(ImageFilter.GaussianBlur(1.6))
    MOTIFS[motif](ImageDraw.Draw(picture))
    out = BytesIO()
    picture.save(out, "JPEG", quality=84)
    return out.getvalue()


def _grass(draw: Draw, chance: Random) -> None:
    for _ in range(900):
        x, y, shade = chance.randrange(PICTURE[0]), chance.randrange(HORIZON, PICTURE[1]), chance.randrange(-18, 19)
        tone = (MEADOW[0] + shade, MEADOW[1] + shade, MEADOW[2] + shade)
        draw.line([(x, y), (x + chance.randrange(-5, 6), y - 14)], fill=tone, width=2)


def _siren(draw: Draw) -> None:
    draw.rectangle([590, 180, 608, 720], fill=STEEL)
    for y in (150, 190, 230):
        draw.polygon([(599, y), (470, y - 18), (470, y + 30)], fill=RED)
        draw.polygon([(599, y), (728, y - 18), (728, y + 30)], fill=RED)
    draw.rectangle([566, 520, 634, 620], fill=LIGHT, outline=DARK, width=3)


def _cycleway(draw: Draw) -> None:
    draw.polygon([(540, HORIZON), (640, HORIZON), (1010, 800), (190, 800)], fill=(150, 92, 84))
    for y in range(HORIZON + 10, 800, 54):
        reach = (y - HORIZON) // 40 + 2
        draw.rectangle([592 - reach, y, 592 + reach, y + 14 + reach * 2], fill=LIGHT)
    draw.rectangle([905, 300, 917, 660], fill=STEEL)
    draw.rectangle([830, 240, 1090, 320], fill=LIGHT, outline=RED, width=5)


def _harbour(draw: Draw) -> None:
    draw.rectangle([0, 540, 1200, 800], fill=WATER)
    draw.rectangle([0, 520, 1200, 546], fill=STEEL)
    draw.polygon([(160, 640), (1000, 640), (920, 730), (230, 730)], fill=DARK)
    for place, colour in enumerate((RED, BLUE, LIGHT, WOOD, BLUE)):
        draw.rectangle([290 + place * 118, 570, 398 + place * 118, 640], fill=colour, outline=DARK, width=3)
    draw.line([(820, 520), (870, 120), (920, 520)], fill=BLUE, width=16)
    draw.line([(870, 140), (480, 210)], fill=BLUE, width=12)
    draw.line([(500, 206), (500, 500)], fill=DARK, width=3)


def _archive(draw: Draw) -> None:
    draw.rectangle([0, 0, *PICTURE], fill=(202, 196, 184))
    for row in range(4):
        for column in range(11):
            left, top = 40 + column * 102, 50 + row * 180
            draw.rectangle([left, top, left + 88, top + 132], fill=(172 - row * 6, 150, 118), outline=DARK, width=2)
            draw.rectangle([left + 18, top + 30, left + 70, top + 62], fill=LIGHT)
        draw.rectangle([0, 184 + row * 180, 1200, 200 + row * 180], fill=STEEL)


def _van(draw: Draw) -> None:
    draw.rectangle([0, 620, 1200, 800], fill=(112, 112, 114))
    draw.rounded_rectangle([260, 330, 820, 650], 24, fill=(222, 130, 44))
    draw.polygon([(820, 420), (930, 430), (990, 540), (990, 650), (820, 650)], fill=(222, 130, 44))
    draw.polygon([(838, 440), (918, 446), (962, 534), (838, 534)], fill=SKY)
    draw.rectangle([260, 540, 990, 566], fill=LIGHT)
    for x in (390, 870):
        draw.ellipse([x - 66, 590, x + 66, 722], fill=DARK)
        draw.ellipse([x - 26, 630, x + 26, 682], fill=STEEL)


def _townhall(draw: Draw) -> None:
    draw.rectangle([300, 300, 900, 680], fill=(206, 178, 146))
    draw.polygon([(270, 300), (600, 150), (930, 300)], fill=RED)
    for column in range(5):
        for row in range(2):
            left, top = 340 + column * 112, 340 + row * 150
            draw.rectangle([left, top, left + 64, top + 96], fill=BLUE, outline=LIGHT, width=5)
    draw.rectangle([560, 560, 640, 680], fill=WOOD)


MOTIFS: dict[str, Callable[[Draw], None]] = {
    "archiv": _archive,
    "fahrzeug": _van,
    "hafen": _harbour,
    "radweg": _cycleway,
    "rathaus": _townhall,
    "sirene": _siren,
}
