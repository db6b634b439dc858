"""What must not stand in a log: addresses of people, keys and passwords in addresses, rows that a database quotes."""

import re

PERSON = "[address]"
SECRET = "[secret]"  # noqa: S105  # stands for one
FOLDERS = ("admin", "bilder", "demo", "einreichungen", "jury", "konto", "newsletter", "projekte", "termine")
"""Below these an address of a page may go on with a key."""
RULES = (
    (re.compile(r"://[^\s/@]+@"), f"://{SECRET}@"),
    (re.compile(r"[^\s@<>()\[\]{}\"'`,;:=/\\]+@[^\s@<>()\[\]{}\"'`,;:=/\\]+"), PERSON),
    # PostgreSQL adds the values of the row, which may go over several lines.
    (
        re.compile(r"(DETAIL: ).*?(?=\n(?:HINT|CONTEXT):|\n\n(?:The above|During handling)|\Z)", re.DOTALL),
        rf"\1{SECRET}",
    ),
    (re.compile(r"(Invalid request from ip=)\S+"), r"\1" + PERSON),
    (re.compile(r"(https?://[^\s/'\"]+/)[^\s'\")]+"), r"\1…"),
    (re.compile(rf"((?:^|(?<=[\s'\"(]))/(?:{'|'.join(FOLDERS)})/)[^\s'\")]*"), r"\1…"),
)  # fmt: skip


NEEDED = frozenset("@/:")
"""Without one of these no rule holds."""


def scrubbed(text: str) -> str:
    """Return `text` without what its rules know."""
    if not NEEDED.intersection(text):
        return text
    for pattern, instead in RULES:
        text = pattern.sub(instead, text)
    return text
