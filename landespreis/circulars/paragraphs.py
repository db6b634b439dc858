"""Plain text as HTML for mails: paragraphs, lines and addresses of pages that can be clicked, everything escaped."""

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

ADDRESS = re.compile(r"https?://[^\s<>\"'„“”()\[\]{}]+")
TRAILING = ".,;:!?"
"""What ends a sentence, not an address."""


def html(text: str) -> SafeString:
    """Return the paragraphs of `text`, which empty lines part."""
    blocks = [block for block in re.split(r"\n\s*\n", text.strip()) if block.strip()]
    return mark_safe("\n".join(f"<p>{_lines(block)}</p>" for block in blocks))  # noqa: S308 - escaped piece by piece


def _lines(block: str) -> str:
    return "<br>\n".join(_linked(line.strip()) for line in block.strip().splitlines())


def _linked(line: str) -> str:
    pieces, end = [], 0
    for match in ADDRESS.finditer(line):
        address = match[0].rstrip(TRAILING)
        pieces += [escape(line[end : match.start()]), f'<a href="{escape(address)}">{escape(address)}</a>']
        end = match.start() + len(address)
    return "".join([*pieces, escape(line[end:])])
