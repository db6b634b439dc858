"""What browsers load of others' fonts and styles, cut down to what the portal shows: made once per installation.

The results lie in `FOLDER`, which git ignores. Where they have not been made, pages load the whole originals.
"""

import io
import re
from bisect import bisect
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import tinycss2
from django.conf import settings
from fontTools import subset
from fontTools.ttLib import TTFont

FOLDER = Path(settings.BASE_DIR) / "static" / "built"
KERN = Path(settings.NODE_MODULES) / "@kern-ux" / "native" / "dist"
SOURCES = (
    ("templates", "*.html"),
    ("static/js", "*.js"),
    ("static/css", "*.css"),
    *((app, "*.py") for app in ("accounts", "jury", "landespreis", "portal", "submissions")),
)
"""Where a class of KERN can be named."""


class Face(NamedTuple):
    """A cut of Fira Sans: its file at KERN, the weights it serves, and whether most pages show it at once."""

    file: str
    weights: str
    style: str
    is_preloaded: bool


FACES = (
    Face("FiraSans-Regular", "400", "normal", True),
    Face("FiraSans-Medium", "500", "normal", True),
    Face("FiraSans-SemiBold", "600 700", "normal", True),
    Face("FiraSans-Italic", "400", "italic", False),
)
FEATURES = ["kern", "liga", "locl", "tnum"]
LATIN = frozenset(
    [
        *range(0x20, 0x7F),
        *range(0xA0, 0x180),
        *map(ord, "ẞ–—‘’‚“”„•…‹›€−→←↑↓×≤≥≈\u2002\u2003\u2009\u2011\u202f"),
    ]
)
"""German and its neighbours with their typography. What else a page shows comes from the whole font, only then."""
STAND_IN = """@font-face{font-family:"Fira Sans Ersatz";\
src:local("Arial"),local("Liberation Sans"),local("Helvetica");\
font-weight:400 500;size-adjust:103.5%;ascent-override:90.3%;descent-override:25.6%;line-gap-override:0%}
@font-face{font-family:"Fira Sans Ersatz";\
src:local("Arial Bold"),local("Liberation Sans Bold"),local("Helvetica Bold");\
font-weight:600 700;size-adjust:96.1%;ascent-override:97.3%;descent-override:27.6%;line-gap-override:0%}
"""
"""What stands on the page when a font comes too late: as wide as Fira Sans in German text (mean width by the frequency
of letters, from both fonts' tables), with its ascent of 93.5 and descent of 26.5 percent."""
GAP = 64
PREFIX = re.compile(r"(kern-[a-z0-9_-]*--)\{")
"""The beginning of a class whose end a template fills in."""
CLASS = re.compile(r"kern-[a-z0-9_-]+")
WORD = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LEVELS = {"info", "success", "warning", "danger"}
"""What messages fill in where no template spells it."""


def build_fonts() -> dict[str, int]:
    """Write the cuts of the fonts and their stylesheet anew; return name → bytes."""
    files = {f"fonts/{face.file}.woff2": _cut(face) for face in FACES}
    return _write(files | {"fonts.css": _faces().encode()})


def build_styles() -> dict[str, int]:
    """Write the stylesheet of KERN with the fonts' rules anew; return name → bytes."""
    classes = used(file.read_text(encoding="utf-8") for file in _sources())
    kern = pruned((KERN / "kern.min.css").read_text(encoding="utf-8"), classes)
    return _write({"kern.css": (_faces() + kern).encode()})


def preloaded() -> list[str]:
    """Return the names of the fonts that most pages show at once."""
    return [f"built/fonts/{face.file}.woff2" for face in FACES if face.is_preloaded]


def _write(files: dict[str, bytes]) -> dict[str, int]:
    for name, content in files.items():
        file = FOLDER / name
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f".{file.name}.new")
        fresh.write_bytes(content)
        fresh.replace(file)
    return {name: len(content) for name, content in files.items()}


# Fonts ---------------------------------------------------------------------------------------------------


def _cut(face: Face) -> bytes:
    options = subset.Options(layout_features=FEATURES, hinting=False, flavor="woff2", notdef_outline=True)
    with _font(face) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=LATIN)
        cutter.subset(font)
        font.flavor = "woff2"
        out = io.BytesIO()
        font.save(out)
    return out.getvalue()


def _font(face: Face) -> TTFont:
    return TTFont(KERN / "fonts" / "fira-sans" / f"{face.file}.woff2", recalcTimestamp=False)


def _drawn(face: Face) -> set[int]:
    with _font(face) as font:
        return {code for code in font.getBestCmap() if code >= ord(" ")}


def _faces() -> str:
    return STAND_IN + "".join(_rules(face) for face in FACES)


def _rules(face: Face) -> str:
    drawn = _drawn(face)
    files = {
        f"fonts/{face.file}.woff2": _ranges(LATIN & drawn, drawn - LATIN),
        f"../kern/fonts/fira-sans/{face.file}.woff2": _ranges(drawn - LATIN, LATIN),
    }
    return "".join(
        f'@font-face{{font-family:"Fira Sans";font-weight:{face.weights};font-style:{face.style};font-display:optional;'
        f'src:url("{file}") format("woff2");unicode-range:{ranges}}}\n'
        for file, ranges in files.items()
    )


def _ranges(mine: Iterable[int], others: Iterable[int]) -> str:
    """Return `mine` as a `unicode-range`; a small gap in which none of `others` lies is closed, to keep it short."""
    foreign, spans = sorted(others), list[tuple[int, int]]()
    for code in sorted(mine):
        first, last = spans[-1] if spans else (code, code - GAP - 1)
        is_near = code - last <= GAP and bisect(foreign, last) == bisect(foreign, code)
        spans[-1:] = [*([] if is_near else spans[-1:]), (first if is_near else code, code)]
    return ",".join(f"U+{first:X}-{last:X}" if last > first else f"U+{first:X}" for first, last in spans)


# Styles --------------------------------------------------------------------------------------------------


def _sources() -> Iterator[Path]:
    for folder, pattern in SOURCES:
        yield from sorted((Path(settings.BASE_DIR) / folder).rglob(pattern))


def used(texts: Iterable[str]) -> frozenset[str]:
    """Return every class of KERN that the texts name.

    Where a template fills in the end of a class, any word of the same text counts as a possible end.
    """
    found: set[str] = set()
    for text in texts:
        found |= set(CLASS.findall(text))
        prefixes = set(PREFIX.findall(text))
        if prefixes:
            ends = LEVELS | set(WORD.findall(text))
            found |= {prefix + end for prefix in prefixes for end in ends}
    return frozenset(found)


def pruned(css: str, classes: frozenset[str]) -> str:
    """Return the stylesheet without the selectors that need a class of KERN which is not among `classes`.

    Only classes outside of brackets count: `:not(.kern-x)` also fits where there is no such class. Everything that is
    not a selector (custom properties, keyframes, fonts) stays.
    """
    return _pruned(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), classes)


def _pruned(rules: Iterable[Any], classes: frozenset[str]) -> str:
    kept: list[str] = []
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [selector for selector in _selectors(rule.prelude) if _classes(selector) <= classes]
            if selectors:
                named = ",".join(tinycss2.serialize(selector).strip() for selector in selectors)
                kept.append(f"{named}{{{tinycss2.serialize(rule.content)}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword in {"media", "supports", "layer"} and rule.content:
            inner = _pruned(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True), classes)
            if inner:
                kept.append(f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}")
        elif rule.type != "error" and getattr(rule, "lower_at_keyword", "") != "charset":
            kept.append(rule.serialize())
    return "".join(kept)


def _selectors(prelude: list[Any]) -> list[list[Any]]:
    selectors: list[list[Any]] = [[]]
    for part in prelude:
        if part == ",":
            selectors.append([])
        else:
            selectors[-1].append(part)
    return selectors


def _classes(selector: list[Any]) -> set[str]:
    """Return KERN's classes that an element must have, or stand below, for the selector to fit."""
    pairs = pairwise(selector)
    return {name.value for dot, name in pairs if dot == "." and name.type == "ident" and name.value.startswith("kern-")}
