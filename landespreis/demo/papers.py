"""The files that demo people attach: a sheet of paper as PDF and a photograph, drawn here so that none is shipped."""

import random
import textwrap
from functools import lru_cache
from io import BytesIO

import pikepdf
from PIL import Image, ImageDraw, ImageFilter

A4 = (595, 842)
LEFT, TOP, LINE = 71, 760, 17
COLUMNS = 84
SLIDE = (842, 595)
PHOTO, BESIDE = (800, 1190), 400
"""Pixels of the picture, and the points it is wide on a slide."""
Line = tuple[str, int, str]
"""Font, its size in points, and the words."""
PICTURE = (1500, 1000)
GROUND = (244, 246, 250)
COLOURS = (
    (24, 58, 138),
    (70, 108, 196),
    (150, 178, 232),
    (18, 110, 118),
    (120, 186, 184),
    (214, 228, 120),
    (206, 214, 228),
)


@lru_cache(maxsize=32)
def sheet(title: str, text: str) -> bytes:
    """Return one A4 page with a title and a text; an empty line in the text parts paragraphs."""
    lines = [line for paragraph in text.split("\n") for line in textwrap.wrap(paragraph, COLUMNS) or [""]]
    commands = [f"BT /Bold 16 Tf {LEFT} {TOP} Td ({_escaped(title)}) Tj ET"]
    commands += [
        f"BT /Text 11 Tf {LEFT} {TOP - 2 * LINE - place * LINE} Td ({_escaped(line)}) Tj ET"
        for place, line in enumerate(lines)
    ]
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=A4)
        page.Resources = pikepdf.Dictionary(Font=_fonts())
        page.Contents = pdf.make_stream("\n".join(commands).encode("cp1252"))
        return _saved(pdf, title)


@lru_cache(maxsize=8)
def talk(title: str, text: str, seed: int) -> bytes:
    """Return the slides of a talk, one for its title and one for each line of the text, beside a picture."""
    slides = [_said(line, "Text", 24, 26) for line in text.split("\n") if line]
    return _illustrated(title, [_said(title, "Bold", 30, 20), *slides], seed)


@lru_cache(maxsize=8)
def leaflet(title: str, text: str, seed: int) -> bytes:
    """Return one page with a title and a text beside a picture."""
    lines = [said for line in text.split("\n") for said in _said(line, "Text", 13, 54)]
    return _illustrated(title, [[*_said(title, "Bold", 24, 28), *_said("", "Text", 13, 54), *lines]], seed)


def _said(words: str, font: str, size: int, columns: int) -> list[Line]:
    return [(font, size, line) for line in textwrap.wrap(words, columns) or [""]]


def _illustrated(title: str, pages: list[list[Line]], seed: int) -> bytes:
    with pikepdf.new() as pdf:
        picture = pdf.make_stream(
            photo(seed), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=PHOTO[0], Height=PHOTO[1],
            ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
        )  # fmt: skip
        resources = pikepdf.Dictionary(Font=_fonts(), XObject=pikepdf.Dictionary(Photo=picture))
        for lines in pages:
            page = pdf.add_blank_page(page_size=SLIDE)
            page.Resources = resources
            commands, y = [f"q {BESIDE} 0 0 {SLIDE[1]} {SLIDE[0] - BESIDE} 0 cm /Photo Do Q"], 500.0
            for font, size, line in lines:
                commands.append(f"BT /{font} {size} Tf 40 {y:g} Td ({_escaped(line)}) Tj ET")
                y -= size * 1.4
            page.Contents = pdf.make_stream("\n".join(commands).encode("cp1252"))
        return _saved(pdf, title)


def _fonts() -> pikepdf.Dictionary:
    return pikepdf.Dictionary(Text=_font("Helvetica"), Bold=_font("Helvetica-Bold"))


def _saved(pdf: pikepdf.Pdf, title: str) -> bytes:
    """Return a document with its title and language, the same bytes each time."""
    pdf.docinfo["/Title"] = title
    pdf.Root.Lang = "de-DE"
    out = BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def photo(seed: int) -> bytes:
    """Return an upright JPEG of a mosaic with the grain of a photograph, and as large as one."""
    with Image.open(BytesIO(mosaic(seed))) as fields:
        upright = fields.transpose(Image.Transpose.ROTATE_90).resize(PHOTO)
    grain = Image.frombytes("L", PHOTO, random.Random(seed).randbytes(PHOTO[0] * PHOTO[1]))  # noqa: S311 - only grain
    out = BytesIO()
    Image.blend(upright, grain.convert("RGB"), 0.15).save(out, "JPEG", quality=80)
    return out.getvalue()


@lru_cache(maxsize=1)
def gauge() -> bytes:
    """Return a JPEG of a gauge staff beside a brook, under a heavy sky."""
    width, height = PICTURE
    picture = Image.new("RGB", PICTURE)
    draw = ImageDraw.Draw(picture)
    for y in range(height):
        share = y / height
        sky = (150 + int(60 * share), 160 + int(55 * share), 172 + int(45 * share))
        draw.line([(0, y), (width, y)], fill=sky)
    chance = random.Random(31)  # noqa: S311 - a meadow, not a secret
    draw.polygon([(0, 520), (620, 470), (width, 540), (width, height), (0, height)], fill=(96, 122, 74))
    for _ in range(2600):
        x, y = chance.randrange(width), chance.randrange(540, height)
        shade = chance.randrange(-22, 23)
        draw.line([(x, y), (x + chance.randrange(-6, 7), y - 18)], fill=(96 + shade, 122 + shade, 74 + shade), width=2)
    draw.polygon([(690, 520), (760, 520), (1210, height), (330, height)], fill=(116, 134, 142))
    for _ in range(240):
        y = chance.randrange(540, height)
        reach = int((y - 520) * 0.75)
        x = 740 + chance.randrange(-reach, reach + 1)
        draw.line([(x, y), (x + chance.randrange(20, 90), y)], fill=(150, 166, 172), width=2)
    picture = picture.filter(ImageFilter.GaussianBlur(2))
    draw = ImageDraw.Draw(picture)
    draw.rectangle([930, 250, 952, 900], fill=(68, 72, 78))
    draw.rectangle([890, 190, 992, 300], fill=(206, 210, 214), outline=(68, 72, 78), width=4)
    draw.polygon([(880, 190), (1002, 190), (1020, 150), (898, 150)], fill=(38, 52, 84))
    draw.rectangle([700, 430, 748, 930], fill=(242, 242, 236))
    for step in range(25):
        top = 430 + step * 20
        draw.rectangle([700 if step % 2 else 724, top, 724 if step % 2 else 748, top + 10], fill=(28, 30, 34))
    out = BytesIO()
    picture.save(out, "JPEG", quality=86)
    return out.getvalue()


@lru_cache(maxsize=8)
def mosaic(seed: int) -> bytes:
    """Return a PNG of fields that interlock like pieces of a puzzle, in the colours of the portal."""
    chance = random.Random(seed)  # noqa: S311 - a pattern, not a secret
    columns, rows, side = 6, 4, 250
    picture = Image.new("RGB", (columns * side, rows * side), GROUND)
    draw = ImageDraw.Draw(picture)
    field = [[chance.choice(COLOURS) for _ in range(columns)] for _ in range(rows)]
    for row in range(rows):
        for column in range(columns):
            x, y = column * side, row * side
            draw.rectangle([x + 4, y + 4, x + side - 5, y + side - 5], fill=field[row][column])
    knob = side // 6
    for row in range(rows):
        for column in range(columns - 1):
            x, y = (column + 1) * side, row * side + side // 2
            left = chance.random() < 0.5
            fill = field[row][column] if left else field[row][column + 1]
            shift = knob // 2 if left else -knob // 2
            draw.ellipse([x + shift - knob, y - knob, x + shift + knob, y + knob], fill=fill)
    for row in range(rows - 1):
        for column in range(columns):
            x, y = column * side + side // 2, (row + 1) * side
            upper = chance.random() < 0.5
            fill = field[row][column] if upper else field[row + 1][column]
            shift = knob // 2 if upper else -knob // 2
            draw.ellipse([x - knob, y + shift - knob, x + knob, y + shift + knob], fill=fill)
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _font(name: str) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type1,
        BaseFont=pikepdf.Name("/" + name),
        Encoding=pikepdf.Name.WinAnsiEncoding,
    )


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
