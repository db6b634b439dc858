"""Attack: letting the portal ask other machines. It asks none but those of its settings, and nothing it shows does."""

import ast
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from portal import richtext
from tests.portal.factories import ProjectFactory

APPS = ("accounts", "jury", "landespreis", "portal", "submissions")
ASKING = {
    "urllib.request", "urllib3", "http.client", "requests", "httpx", "aiohttp", "ftplib", "telnetlib", "xmlrpc",
    "socket", "smtplib", "poplib", "imaplib", "asyncio", "boto3", "botocore", "pycurl", "webbrowser",
}  # fmt: skip
KNOWN = {
    "landespreis/storages.py": {"botocore"},  # the storage that FILES_URL names
    "landespreis/delivery.py": {"smtplib", "socket"},  # names of errors; what sends is Django's
    "landespreis/scanner.py": {"socket"},  # the virus scanner that CLAMD_URL names
    "landespreis/setting_up.py": {"smtplib"},  # looks whether the mail server that SMTP_URL names answers
    "portal/post.py": {"smtplib"},  # the mail server that SMTP_URL names
    "portal/actions/sending.py": {"socket"},  # the name of this machine
}
"""Who may open a connection, and to what: always an address of the operator, never one that somebody typed."""


def sources() -> Iterator[tuple[str, ast.Module]]:
    for app in APPS:
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            yield path.relative_to(settings.BASE_DIR).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in ASKING if any(f"{one}.".startswith(f"{name}.") for one in found)}


def test_no_module_asks_other_machines_but_those_of_the_operator() -> None:
    found = {path: asking for path, tree in sources() if (asking := imported(tree))}

    assert found == KNOWN


def calls(tree: ast.Module) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


FORBIDDEN = {
    "eval", "exec", "compile", "os.system", "os.popen", "pickle.load", "pickle.loads", "marshal.loads", "shelve.open",
    "yaml.load", "subprocess.getoutput", "__import__",
}  # fmt: skip


def test_no_module_runs_text_or_unpacks_objects_of_others() -> None:
    found = {path: used for path, tree in sources() if (used := calls(tree) & FORBIDDEN)}

    assert found == {}


def test_no_command_goes_through_a_shell() -> None:
    """`subprocess` gets lists of words; none is started with `shell=True`."""
    shells = [
        path
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "shell"
    ]

    assert shells == []


OUT = "http://boese.example/x"
MARKDOWN = (
    f"![Bild]({OUT}.png)", f'<img src="{OUT}.png">', f'<iframe src="{OUT}"></iframe>', f'<base href="{OUT}">',
    f'<link rel="stylesheet" href="{OUT}">', f'<style>@import "{OUT}";</style>', f'<svg><image href="{OUT}"/></svg>',
    f'<video src="{OUT}"></video>', f"<object data='{OUT}'></object>", f'<p style="background:url({OUT})">x</p>',
)  # fmt: skip


@pytest.mark.parametrize("source", MARKDOWN)
def test_text_of_editors_loads_nothing_from_elsewhere(db: None, source: str) -> None:
    html = richtext.render(source).html

    assert [tag for tag in html.split("<")[1:] if "boese.example" in tag.partition(">")[0]] == []


def test_links_of_a_project_are_only_shown(db: None, client: Any) -> None:
    project = ProjectFactory(website="http://169.254.169.254/latest/meta-data/")

    page = client.get(project.get_absolute_url())

    assert page.status_code == 200  # the guard of all tests fails one that opens a connection
