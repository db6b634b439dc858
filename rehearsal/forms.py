"""Forms as they stand in a page: what they would send, filled in as somebody would, and as bytes of a request."""

import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin
from uuid import uuid4


@dataclass(frozen=True)
class File:
    name: str
    content: bytes

    @property
    def mimetype(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"


@dataclass
class Form:
    """A form with what it would send now. `buttons` are name, value and text."""

    action: str
    method: str
    multipart: bool
    fields: list[tuple[str, str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """All controls, also empty boxes and files."""
    options: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Name → value and text of what can be chosen."""
    buttons: list[tuple[str, str, str]] = field(default_factory=list)

    def fill(self, **values: str | Sequence[str]) -> "Form":
        """Replace what these controls send; a control that the form has not is a LookupError."""
        return self.set(values)

    def set(self, values: Mapping[str, str | Sequence[str]]) -> "Form":
        for name, value in values.items():
            if name not in self.names:
                raise LookupError(f"{self.action} has no field {name}, but {sorted(set(self.names))}")
            given = [value] if isinstance(value, str) else list(value)
            self.fields = [pair for pair in self.fields if pair[0] != name] + [(name, one) for one in given]
        return self

    def choose(self, name: str, text: str) -> "Form":
        """Choose the option whose text contains `text`."""
        for value, shown in self.options.get(name, ()):
            if text in shown:
                return self.set({name: value})
        raise LookupError(f"{name} offers no {text!r}, but {self.options.get(name)}")

    def press(self, text: str) -> "Form":
        """Send the button with that text, too."""
        for name, value, shown in self.buttons:
            if text in shown:
                if name:
                    self.fields.append((name, value))
                return self
        raise LookupError(f"{self.action} has no button {text!r}, but {self.buttons}")


def read(path: str, body: str) -> list[Form]:
    """Return the forms of a page at `path`."""
    return _Forms(path, body).forms


def multipart(fields: Sequence[tuple[str, str]], files: Mapping[str, File]) -> tuple[bytes, str]:
    boundary = uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields
    ]
    for name, file in files.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file.name}"\r\n'
        parts.append(f"{head}Content-Type: {file.mimetype}\r\n\r\n".encode() + file.content + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


class _Forms(HTMLParser):
    """Reads the forms of a page with the values that stand in it."""

    def __init__(self, path: str, body: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[Form] = []
        self._by_id: dict[str, Form] = {}
        self._form: Form | None = None
        self._select = self._text_of = ""
        self._option: tuple[str, bool] | None = None
        self._button: tuple[str, str] | None = None
        self._text: list[str] = []
        self._target: Form | None = None
        self._labelled: dict[str, tuple[Form, str, int]] = {}
        self._label = ""
        self.feed(body)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        flags = {name for name, _ in attrs}
        if tag == "form":
            self._form = Form(
                urljoin(self.path, given.get("action", "") or self.path),
                given.get("method", "get").upper(),
                given.get("enctype", "") == "multipart/form-data",
            )
            self.forms.append(self._form)
            self._by_id[given.get("id", "")] = self._form
            return
        if tag == "label":
            self._label, self._text = given.get("for", ""), []
            return
        form = self._by_id.get(given["form"]) if given.get("form") else self._form
        if form is None or "disabled" in flags:
            return
        name = given.get("name", "")
        if tag == "input":
            self._input(form, name, given, flags)
        elif tag == "textarea":
            self._text_of, self._text, self._target = name, [], form
            form.names.append(name)
        elif tag == "select":
            self._select, self._target = name, form
            form.names.append(name)
            form.options.setdefault(name, [])
        elif tag == "option" and self._select:
            self._option, self._text = (given.get("value", ""), "selected" in flags), []
        elif tag == "button" and given.get("type", "submit") == "submit":
            self._button, self._text, self._target = (name, given.get("value", "")), [], form

    def _input(self, form: Form, name: str, given: dict[str, str], flags: set[str]) -> None:
        kind, value = given.get("type", "text"), given.get("value", "")
        if kind in {"submit", "image"}:
            form.buttons.append((name, value, value))
        elif name and kind not in {"button", "reset"}:
            form.names.append(name)
            if kind in {"checkbox", "radio"}:
                value = value or "on"
                options = form.options.setdefault(name, [])
                options.append((value, given.get("aria-label", "")))
                self._labelled[given.get("id", "")] = (form, name, len(options) - 1)
                if "checked" in flags:
                    form.fields.append((name, value))
            elif kind != "file":
                form.fields.append((name, value))

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        text = "".join(self._text)
        if tag == "form":
            self._form = None
        elif tag == "label" and self._label in self._labelled:
            labelled, name, place = self._labelled[self._label]
            labelled.options[name][place] = (labelled.options[name][place][0], " ".join(text.split()))
        elif tag == "textarea" and self._target and self._text_of:
            self._target.fields.append((self._text_of, text.removeprefix("\n")))
            self._text_of = ""
        elif tag == "option" and self._option and self._target:
            value, chosen = self._option
            options = self._target.options[self._select]
            options.append((value, " ".join(text.split())))
            if chosen:
                self._target.fields.append((self._select, value))
            self._option = None
        elif tag == "select":
            form = self._target
            if form and form.options[self._select] and self._select not in dict(form.fields):
                form.fields.append((self._select, form.options[self._select][0][0]))
            self._select = ""
        elif tag == "button" and self._button and self._target:
            self._target.buttons.append((*self._button, " ".join(text.split())))
            self._button = None
