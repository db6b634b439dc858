"""The picture that every project has of its own: its stretch of the map, drawn as SVG in its category's hue."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache as once
from pathlib import Path

from django.core.cache import cache
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from accounts.models import Municipality
from landespreis import mapping, spacing
from landespreis.addresses import address_of
from landespreis.mapping import Place, Scene, number
from portal import hues, tessellation
from portal.models import Hue, Project, ProjectPartner

WIDTH, HEIGHT = 320, 200
"""Of a picture as it lies in a page; it scales to any size."""
KEPT_SECONDS = 7 * 24 * 60 * 60


@dataclass(frozen=True)
class Drawn:
    """A picture and the one style sheet inside it, by which its policy lets exactly this one through."""

    content: bytes
    style_hash: str

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:16]}"'

    @property
    def policy(self) -> str:
        return f"default-src 'none'; style-src 'sha256-{self.style_hash}'; sandbox"


def address(project: Project) -> str:
    """Return where the picture of a project is; another one as soon as the picture changes.

    Asks nothing where `lead`, `category` and `partners__municipality` are there already (`Project.objects.with_all()`).
    """
    return address_of("portal:project_picture", project.slug, version(project))


def pattern_address(project: Project) -> str:
    """Return where the tessellation is that stands for a photo: as many joined fields as take part, up to nine."""
    count = 1 + len(partners(project))
    return address_of("portal:pattern", _hue(project), *tessellation.choice(project.slug, count))


def version(project: Project) -> str:
    """Return the short hash of all that the picture shows, and of how it is drawn."""
    lead, others = places(project)
    shown = repr((_drawing(), _hue(project), lead, others))
    return hashlib.sha256(shown.encode()).hexdigest()[:12]


def partners(project: Project) -> list[ProjectPartner]:
    """Return who takes part besides the lead, in their order."""
    return [row for row in project.partners.all() if row.municipality is None or row.municipality != project.lead]


def places(project: Project) -> tuple[Place | None, list[Place]]:
    """Return where the lead is and where the partners of the register are, in their order; others have no place."""
    rows = [partner.municipality for partner in partners(project) if partner.municipality]
    return place(project.lead) if project.lead else None, [place(row) for row in rows]


def place(row: Municipality) -> Place:
    return Place(row.latitude, row.longitude, row.district_ags, () if row.district_ags else _area(row.regions))


def draw(project: Project) -> Drawn:
    """Return the picture of a project as its address promises; drawn once."""
    key = f"project-picture:{version(project)}"
    kept = cache.get(key)
    if isinstance(kept, Drawn):
        return kept
    drawn = _wrapped(_style(_hue(project)), _map(mapping.scene(*places(project))))
    cache.set(key, drawn, KEPT_SECONDS)
    return drawn


def draw_pattern(hue: str, count: int, seed: int) -> Drawn:
    """Return a tessellation; quick enough to be drawn anew, and whoever asks may keep it for good."""
    width, height = tessellation.SIZE
    body = format_html(
        '<rect class="a" width="{}" height="{}"/>{}',
        width,
        height,
        format_html_join("", '<path class="{}" d="{}"/>', tessellation.fields(count, seed)),
    )
    return _wrapped(_pattern_style(hue), (("0", "0", str(width), str(height)), body))


def _hue(project: Project) -> str:
    return str(project.category.hue if project.category else Hue.GREY)


@once
def _drawing() -> str:
    """Return what changes with the code that draws, so that browsers fetch what it draws differently."""
    code = (__file__, mapping.__file__, spacing.__file__, hues.__file__, mapping.SHIPPED)
    return hashlib.sha256(b"".join(Path(file).read_bytes() for file in code)).hexdigest()


@once
def _area(regions: tuple[str, ...]) -> tuple[str, ...]:
    """Return the Kreise of Düsseldorf and Köln, for instance, which a Landschaftsverband stands for."""
    named = {"051": "Düsseldorf", "053": "Köln", "055": "Münster", "057": "Detmold", "059": "Arnsberg"}
    return tuple(shape.key for shape in mapping.shapes() if named[shape.region] in regions)


def _style(hue: str) -> str:
    tone = hues.shades(hue)
    return (
        f".g{{fill:{tone.pale}}}.l{{fill:{tone.light};stroke:{tone.pale}}}.o{{fill:{tone.strong};stroke:{tone.pale}}}"
        f".t{{stroke:{tone.strong}}}.c{{stroke:{hues.PAPER}}}.d{{fill:{hues.PAPER};stroke:{tone.strong}}}"
        f".a{{fill:{hues.INK};stroke:{hues.PAPER}}}"
        f"@media (prefers-color-scheme:dark){{.g{{fill:{tone.night}}}.l{{fill:{tone.dusk};stroke:{tone.night}}}"
        f".o{{fill:{tone.dim};stroke:{tone.night}}}.t,.d{{stroke:{tone.dim}}}}}"
    )


def _pattern_style(hue: str) -> str:
    tone = hues.shades(hue)
    by_day = zip("abcd", (tone.pale, tone.light, tone.soft, tone.deep), strict=True)
    by_night = zip("abcd", (tone.dark, tone.night, tone.dusk, tone.glow), strict=True)
    day, night = ("".join(f".{c}{{fill:{shade};stroke:{shade}}}" for c, shade in pairs) for pairs in (by_day, by_night))
    return f"path{{stroke-width:.6}}.d{{stroke-width:1.4}}{day}@media (prefers-color-scheme:dark){{{night}}}"


def _map(shown: Scene) -> tuple[tuple[str, str, str, str], SafeString]:
    ties = format_html_join("", '<path d="M{} {}L{} {}"/>', _ties(shown))
    left, top, width, height = shown.viewbox
    body = format_html(
        '<rect class="g" x="{}" y="{}" width="{}" height="{}"/><g stroke-width="{}" stroke-linejoin="round">{}</g>'
        '<g class="t" stroke-width="{}">{ties}</g><g class="c" stroke-width="{}">{ties}</g>{}{}',
        left,
        top,
        width,
        height,
        number(1.1 * shown.unit),
        format_html_join("", '<path class="{}" d="{}"/>', _ground(shown)),
        number(3.2 * shown.thin),
        number(1.2 * shown.thin),
        format_html_join("", '<circle class="d" cx="{}" cy="{}" r="{}" stroke-width="{}"/>', _dots(shown)),
        _lead(shown),
        ties=ties,
    )
    return shown.viewbox, body


def _ground(shown: Scene) -> Iterator[tuple[str, str]]:
    for name, group in (("l", shown.land), ("o", shown.area)):
        yield from ((name, shape.path) for shape in group)


def _ties(shown: Scene) -> Iterator[list[str]]:
    if shown.lead:
        yield from ([number(value) for value in (*shown.lead, *end)] for end in shown.others)


def _dots(shown: Scene) -> Iterator[list[str]]:
    for end in shown.others:
        yield [number(value) for value in (*end, shown.dot * shown.unit, 0.34 * shown.dot * shown.unit)]


def _lead(shown: Scene) -> SafeString:
    if shown.lead is None:
        return SafeString("")
    values = (number(value) for value in (*shown.lead, mapping.LEAD * shown.unit, 1.6 * shown.unit))
    return format_html('<circle class="a" cx="{}" cy="{}" r="{}" stroke-width="{}"/>', *values)


def _wrapped(style: str, drawn: tuple[tuple[str, str, str, str], SafeString]) -> Drawn:
    viewbox, body = drawn
    content = format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="{} {} {} {}" preserveAspectRatio="xMidYMid slice">'
        "<style>{}</style>{}</svg>\n",
        *viewbox,
        mark_safe(style),  # noqa: S308 - our own, from our own colours
        body,
    )
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return Drawn(content.encode(), digest)
