"""Reading a page as a browser does: its forms with their fields and buttons, and where its links lead."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

UNNAMED = {"", None}


@dataclass
class Field:
    """What a form sends under one name; `options` are the values a choice offers."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)
    required: bool = False
    accept: str = ""
    is_trap: bool = False
    is_listed: bool = False
    """Whether a list of proposals stands beside it: the register of municipalities."""


@dataclass
class Form:
    """A form of a page; `buttons` are the names and values of those that send it."""

    page: str
    action: str
    method: str
    is_multipart: bool = False
    fields: dict[str, Field] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """The forms and links of one page; those that htmx follows are links and forms too."""

    def __init__(self, url: str, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.url = url
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._named: dict[str, Form] = {}
        self._open: Form | None = None
        self._choice: Field | None = None
        self._long: Field | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._begin(has)
        elif tag in {"input", "select", "textarea", "button"}:
            self._control(tag, has)
        elif tag == "option" and self._choice is not None:
            value = has.get("value", "")
            self._choice.options.append(value)
            if "selected" in has:
                self._choice.chosen.append(value)
        elif tag == "a" and "href" in has:
            self.links.append(self._absolute(has["href"]))
        if has.get("hx-get"):
            self.links.append(self._absolute(has["hx-get"]))

    def handle_data(self, data: str) -> None:
        if self._long is not None:
            self._long.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._choice = None
        elif tag == "textarea" and self._long is not None:
            self._long.value = self._long.value.removeprefix("\n")
            self._long = None

    def _absolute(self, address: str) -> str:
        return urldefrag(urljoin(self.url, address))[0]

    def _begin(self, has: dict[str, str]) -> None:
        method = has.get("method", "get").lower()
        action = has.get("hx-post") or has.get("action") or self.url
        form = Form(self.url, self._absolute(action), method, has.get("enctype") == "multipart/form-data")
        self.forms.append(form)
        self._open = form
        if has.get("id"):
            self._named[has["id"]] = form

    def _control(self, tag: str, has: dict[str, str]) -> None:
        form = self._named.get(has["form"]) if "form" in has else self._open
        name, kind = has.get("name", ""), has.get("type", "submit" if tag == "button" else "text")
        if form is None or (not name and kind != "submit"):
            return
        if kind in {"submit", "button", "image", "reset"}:
            if kind == "submit":
                form.buttons.append((name, has.get("value", "")))
            return
        row = form.fields.setdefault(name, Field(name, tag if tag in {"select", "textarea"} else kind))
        row.required = row.required or "required" in has
        row.accept = has.get("accept", "")
        row.is_trap = has.get("tabindex") == "-1"
        row.is_listed = "list" in has or has.get("role") == "combobox"
        if tag == "select":
            self._choice = row
        elif tag == "textarea":
            self._long = row
        elif kind in {"radio", "checkbox"}:
            value = has.get("value", "on")
            row.options.append(value)
            if "checked" in has:
                row.chosen.append(value)
        else:
            row.value = has.get("value", "")
