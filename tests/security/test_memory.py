"""No memory of a process grows with what visitors send: each one without a bound is known, and why it stays small."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

APPS = ("accounts", "submissions", "jury", "portal", "landespreis")
KNOWN = {
    "landespreis.composed_rows._change": "model and fields, named in the code",
    "landespreis.composed_rows._in_order": "model and fields, named in the code",
    "landespreis.composed_rows._insertion": "model",
    "landespreis.composed_rows._to_python": "model and field, named in the code",
    "landespreis.pdf._sheet": "our style sheets",
    "landespreis.templatetags.shell._footer": "demo or not",
    "landespreis.templatetags.shell._links": "three yes or no about a visitor",
    "landespreis.templatetags.shell.sign": "states, named in templates",
    "landespreis.watching.requests._count": "views, methods that we know, classes of the status",
    "landespreis.watching.requests._measure": "views",
    "portal.directory.country._districts_of": "Regierungsbezirke that ship with the project",
    "portal.picturing._area": "regions of the register",
    "portal.sharing._font": "two fonts and their sizes, named in the code of a command",
}
"""What is remembered for each value of its arguments without end, and what these can be."""


def test_memories_without_a_bound_are_known() -> None:
    assert set(_unbounded()) == set(KNOWN)


def _unbounded() -> Iterator[str]:
    base = Path(settings.BASE_DIR)
    for file in (file for app in APPS for file in sorted((base / app).rglob("*.py"))):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        endless = {"cache"} | {
            name.asname or name.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "functools"
            for name in node.names
            if name.name == "cache"
        }
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.FunctionDef)
                and node.args.args
                and any(_is_endless(one, endless) for one in node.decorator_list)
            ):
                yield f"{'.'.join(file.relative_to(base).with_suffix('').parts)}.{node.name}"


def _is_endless(decorator: ast.expr, names: set[str]) -> bool:
    """Say whether a decorator is `cache`, or `lru_cache` told to hold everything."""
    if isinstance(decorator, ast.Call):
        return any(word.arg == "maxsize" and ast.unparse(word.value) == "None" for word in decorator.keywords)
    return ast.unparse(decorator).removeprefix("functools.") in names
