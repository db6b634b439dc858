"""What is typed into forms and addresses: what a willing person would send, and what nobody should."""

from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st
from PIL import Image

from landespreis.demo import papers
from tests.fuzz.pages import Field, Form

SENTINEL = "<x-fuzz onload=1>"
"""Must never stand in a page as a tag."""


class Upload(NamedTuple):
    """A file as it is sent."""

    name: bytes
    mimetype: bytes
    content: bytes


Value = bytes | Upload
Pairs = list[tuple[bytes, Value]]


def jpeg() -> bytes:
    out = BytesIO()
    Image.new("RGB", (60, 40), (20, 90, 160)).save(out, "JPEG")
    return out.getvalue()


PAPER = Upload(b"anlage.pdf", b"application/pdf", papers.sheet("Anlage", "Muster mit erfundenen Angaben."))
PICTURE = Upload(b"bild.jpg", b"image/jpeg", jpeg())
TABLE = Upload(b"tabelle.csv", b"text/csv", "\ufeffid;title\r\n1;Titel\r\n".encode())
UPLOADS = [
    PICTURE,
    PAPER,
    TABLE,
    Upload(b"leer.pdf", b"application/pdf", b""),
    Upload(b"kaputt.pdf", b"application/pdf", b"%PDF-1.7\n1 0 obj<</Length 99999999999>>stream"),
    Upload(b"kaputt.jpg", b"image/jpeg", jpeg()[:200]),
    Upload(b"kaputt.xlsx", b"application/zip", b"PK\x03\x04" + b"\0" * 60),
    Upload(b"../../etc/passwd\0.pdf", b"application/pdf", b"%PDF-1.4"),
    Upload("\u202efdp.exe\r\nX: y".encode(), b"text/html", f"<script>{SENTINEL}</script>".encode()),
    Upload(b"tabelle.csv", b"text/csv", b"\xff\xfe\x00id;\x00"),
    Upload(b"tabelle.csv", b"text/csv", b'id;title\r\n"1;' + b"x" * 200_000),
    Upload(b"", b"", b"x"),
    Upload(b"a" * 5000 + b".pdf", b"nichts/davon; charset=\xff", b"%PDF-1.4"),
]
NUMBERS = [
    "0", "-1", "-0", "1.5", "1,5", "1e400", "NaN", "Infinity", "-Infinity", "0x10", "1_000", " 7 ", "²", "٣", "+5",
    "2147483648", "9223372036854775807", "9223372036854775808",
    "-9223372036854775809", "9" * 30, "9" * 5000, "1" + "0" * 400,
]  # fmt: skip
MOMENTS = [
    "0001-01-01", "0001-01-01T00:00", "0000-00-00", "9999-12-31", "9999-12-31T23:59", "10000-01-01", "2026-02-30",
    "2026-03-29T02:30", "2025-10-26T02:30", "24:00", "25:61",
    "2026-01-20T10:30+99:00", "31.12.9999", "01.01.0001", "99.99.9999",
    "0001-01-01T00:00:00Z", "-0001-01-01", "2026-W99",
]  # fmt: skip
TEXTS = [
    "", " ", "\n", "\t", "\0", "Na\0me", "\x01\x0b\x1f\x7f",
    "a\r\nBcc: x@y.example", "a\nb", "\u2028\u2029", "\x85",
    "\u202eabc\u202c\u200f", "👩‍👩‍👧‍👦🇩🇪", "e" + "\u0301" * 60,
    "\ufeff", "\ufffe\uffff", "\U0010ffff", "ﷺ" * 30, "İıſẞß",
    f"<script>alert(1)</script>{SENTINEL}", f'" autofocus onfocus=1 x="{SENTINEL}',
    "{{ 7*7 }}{% load x %}{# x", "%s%n%(a)s{0}{x.y}",
    "'; DROP TABLE submissions_submission;--", "=1+1",
    "../../etc/passwd", "..%2f..%2f", "\\", "%", "%00", "%zz", "_", "a%_b",
    "I" * 100_000, "ü" * 300, "a " * 60_000, "[[[[" * 500,
    "**" * 2000 + "a", "[a](" * 300, "> " * 800 + "a", "<" * 3000,
    "null", "[]", "{}", '{"a":', "[" * 3000, '{"id": null, "response": {}}', "true", "on", "None",
    "a@b", "a@b.example", "a@b.example\nBcc: c@d.example",
    "x" * 250 + "@stadt.example", '"a b"@stadt.example', "ü@stadt.example",
    "javascript:alert(1)", "//boese.example/", "https://boese.example/",
    "/\\boese.example", "http://[::1", "http://[", "https://a\tb.example",
    "https://" + "a" * 3000 + ".example", "https://例え.example/",
    "https://a:b@c.example:99999/", "mailto:a@b.example",
    "05974040", "00000000-0000-0000-0000-000000000000", "impressum",
]  # fmt: skip
BROKEN = [b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\x80", b"a\xe4\xf6", b"\xf5\x80\x80\x80", b"\xef\xbf\xbf"]
"""No UTF-8: a lone surrogate among them, an overlong zero, Latin-1."""
HOSTILE = [*(text.encode() for text in (*TEXTS, *NUMBERS, *MOMENTS)), *BROKEN]
COUNTS = [b"-1", b"0", b"1", b"7", b"1000", b"1001", b"1000000000", b"9" * 30, b"x", b"", b"\0", b"1.5"]
"""For the management form of a formset."""
hostile = st.one_of(
    st.sampled_from(HOSTILE),
    st.sampled_from([value.encode() for value in (*NUMBERS, *MOMENTS)]),
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.integers().map(lambda number: str(number).encode()),
)
PLAUSIBLE = {
    "email": "bettina.kramm@stadt.example",
    "url": "https://www.stadt.example/projekt",
    "date": "2026-03-02",
    "datetime-local": "2026-03-02T10:00",
    "time": "10:00",
    "number": "3",
    "tel": "02921 0000",
    "color": "#004b76",
    "password": "Regenrinne-Hellweg-7",
}
"""What a willing person types into a field of that kind."""


def willing(form: Form, place: str, words: str = "Text") -> Pairs:
    """Return what somebody would send who fills in every empty field: with `words`, and `place` of the register."""
    pairs: Pairs = []
    for row in form.fields.values():
        pairs += [(row.name.encode(), value) for value in _willing(row, place, words)]
    for name, value in form.buttons[:1]:
        pairs += [(name.encode(), value.encode())] if name else []
    return pairs


def _willing(row: Field, place: str, words: str) -> Iterator[Value]:
    if row.kind == "file":
        yield _upload(row)
    elif row.kind == "hidden" or row.is_trap:
        yield row.value.encode()
    elif row.kind in {"select", "radio", "checkbox"}:
        offered = [option for option in row.options if option]
        yield from (value.encode() for value in row.chosen or offered[:1])
    elif row.is_listed:
        yield (row.value or place).encode()
    elif row.kind in {"text", "textarea", "search"}:
        yield (row.value or _moment(row.name) or words).encode()
    else:
        yield (row.value or PLAUSIBLE.get(row.kind, words)).encode()


def _upload(row: Field) -> Upload:
    if "csv" in row.accept:
        return TABLE
    return PICTURE if not row.accept or "image" in row.accept or "jp" in row.accept else PAPER


def _moment(name: str) -> str:
    """Return what belongs into the fields that the admin has for days and times, which are plain text."""
    if name.endswith("_1"):
        return "10:00"
    late = any(word in name for word in ("ends", "closes", "until", "held"))
    is_day = name.endswith(("_0", "_on", "_after", "_since")) or "date" in name
    return ("03.03.2026" if late else "02.03.2026") if is_day else ""


@st.composite
def filled(draw: st.DrawFn, form: Form, place: str, strangers: list[bytes]) -> Pairs:
    """Draw what is sent to `form`: willing at first, then spoilt in some places. `strangers` are keys of others."""
    pairs = willing(form, place)
    if len(form.buttons) > 1:
        first, other = form.buttons[0], draw(st.sampled_from(form.buttons))
        pairs = [pair for pair in pairs if pair != (first[0].encode(), first[1].encode())]
        pairs += [(other[0].encode(), other[1].encode())] if other[0] else []
    many = draw(st.sampled_from([0, 1, 2, 3, len(pairs)]))
    for _ in range(min(many, 40)):
        pairs = draw(_spoilt(form, pairs, strangers))
    return pairs


@st.composite
def _spoilt(draw: st.DrawFn, form: Form, pairs: Pairs, strangers: list[bytes]) -> Pairs:
    if not pairs:
        return [(b"unbekannt", draw(hostile))]
    at = draw(st.integers(0, len(pairs) - 1))
    name, before = pairs[at]
    how = draw(st.sampled_from(["value", "value", "value", "value", "stranger", "drop", "double", "unknown", "other"]))
    if how == "drop":
        return pairs[:at] + pairs[at + 1 :]
    if how == "unknown":
        return [
            *pairs,
            (draw(st.sampled_from([b"unbekannt", b"is_superuser", b"status", b"\xff\0", b""])), draw(hostile)),
        ]
    value: Value = draw(_value(name, before, how, strangers))
    if how == "double":
        return [*pairs, (name, value)]
    if how == "other":  # a choice that is offered elsewhere
        options = [option.encode() for row in form.fields.values() for option in row.options] or [b"1"]
        value = draw(st.sampled_from(options))
    return [*pairs[:at], (name, value), *pairs[at + 1 :]]


def _value(name: bytes, before: Value, how: str, strangers: list[bytes]) -> st.SearchStrategy[Value]:
    if isinstance(before, Upload):
        return st.sampled_from([*UPLOADS, b"kein Anhang"])
    if name.endswith((b"_FORMS", b"_NUM_FORMS")):
        return st.sampled_from(COUNTS)
    if how == "stranger" and strangers:
        return st.sampled_from(strangers)
    return hostile


@st.composite
def asked(draw: st.DrawFn, names: list[str]) -> bytes:
    """Draw a query string: names that the portal reads or not, each with what nobody should send."""
    if draw(st.integers(0, 30)) == 7:
        return b"&".join(
            [quote_from_bytes(draw(st.sampled_from(names)).encode()).encode() + b"=1"]
            * draw(st.sampled_from([501, 10_000]))
        )
    known = st.sampled_from(names).map(str.encode)
    name = st.one_of(known, known, known, st.sampled_from([b"unbekannt", b"\xff", b"", b"%00"]))
    pairs = draw(st.lists(st.tuples(name, hostile), min_size=1, max_size=4))
    return b"&".join(f"{quote_from_bytes(key)}={quote_from_bytes(value)}".encode() for key, value in pairs)


@st.composite
def mistaken(draw: st.DrawFn, path: str) -> bytes:
    """Draw an address that differs from `path` in one step."""
    steps = path.split("/")
    at = draw(st.integers(1, max(1, len(steps) - 2)))
    value = draw(hostile.filter(lambda value: value and len(value) < 10_000))
    _, dot, form = steps[at].rpartition(".")
    kept = f"{dot}{form}" if dot and draw(st.booleans()) else ""
    return "/".join([*steps[:at], quote_from_bytes(value, safe="") + kept, *steps[at + 1 :]]).encode()
