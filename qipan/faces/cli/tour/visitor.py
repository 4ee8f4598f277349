"""A visitor: reads pages and sends their forms over HTTP as a browser without JavaScript would, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self
from urllib.parse import urljoin

import httpx

SECONDS = 30
File = tuple[str, bytes, str]
"""A file to send: its name, its content, its media type."""


class UnableToGoOn(Exception):
    """The page is not what the story expects; the message says what was looked for, and where."""


@dataclass(slots=True)
class Control:
    """A control of a form: its type, the values it offers (with their labels) and what is set."""

    kind: str
    values: list[str] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)
    required: bool = False


@dataclass(slots=True)
class Form:
    """A form as it stands on a page, with its buttons as (name, value, text)."""

    action: str
    method: str
    identifier: str = ""
    multipart: bool = False
    controls: dict[str, Control] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)

    def filled(self, answers: Mapping[str, str | list[str]]) -> dict[str, list[str]]:
        """What the form sends: its own values, overwritten by ``answers``, each of which must have its control."""
        if unknown := [name for name in answers if name not in self.controls]:
            raise UnableToGoOn(f"the form has no {', '.join(unknown)}; it has {', '.join(self.controls)}")
        sent = {name: control.chosen for name, control in self.controls.items() if control.chosen}
        return sent | {name: [value] if isinstance(value, str) else value for name, value in answers.items()}


@dataclass(slots=True)
class Page:
    """What was read: address, status, forms, links as (address, text), and all the words."""

    address: str
    status: int
    source: str
    forms: list[Form] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    words: str = ""

    @classmethod
    def read(cls, answer: httpx.Response) -> Self:
        """Read an HTML answer."""
        reader = _Reader()
        reader.feed(answer.text)
        reader.close()
        return cls(
            str(answer.url),
            answer.status_code,
            answer.text,
            reader.forms,
            reader.links,
            " ".join(reader.words),
        )

    def form(self, part: str) -> Form:
        """The one form whose action or identifier has ``part`` in it; raises UnableToGoOn."""
        found = [form for form in self.forms if part in form.action or part == form.identifier]
        if not found:
            actions = ", ".join(form.action for form in self.forms)
            raise UnableToGoOn(f"{self.address} has no form for {part!r}; it has {actions or 'none'}")
        return found[0]

    def link(self, part: str) -> str:
        """The first link whose address or text has ``part`` in it; raises UnableToGoOn."""
        for address, text in self.links:
            if part in address or part in text:
                return address
        raise UnableToGoOn(f"{self.address} has no link to {part!r}")


class Visitor:
    """One person at one browser; cookies are kept from page to page."""

    def __init__(self, base: str, language: str = "en") -> None:
        self._client = httpx.Client(
            base_url=base,
            follow_redirects=True,
            timeout=SECONDS,
            headers={"Accept-Language": language},
            trust_env=False,
        )

    def open(self, address: str) -> Page:
        """Open a page; raises UnableToGoOn unless it answers 200."""
        try:
            return self._read(self._client.get(address))
        except httpx.TransportError as error:
            raise UnableToGoOn(f"{self._client.base_url} does not answer: {error}") from error

    def send(
        self,
        page: Page,
        form: Form,
        answers: Mapping[str, str | list[str]] | None = None,
        *,
        button: str = "",
        files: Mapping[str, File] | None = None,
    ) -> Page:
        """Send a form, by the button whose name, value or text has ``button`` in it (else the first)."""
        data = form.filled(answers or {})
        pressed = next((each for each in form.buttons if any(button in part for part in each)), None)
        if button and pressed is None:
            raise UnableToGoOn(f"{page.address} has no button {button!r}")
        if pressed and pressed[0]:
            data[pressed[0]] = [pressed[1]]
        address = urljoin(page.address, form.action or page.address)
        headers = {"Referer": page.address}
        if form.method == "get":
            return self._read(self._client.get(address, params=data, headers=headers))
        return self._read(self._client.post(address, data=data, files=files or None, headers=headers))

    def close(self) -> None:
        """End the visit."""
        self._client.close()

    def _read(self, answer: httpx.Response) -> Page:
        page = Page.read(answer)
        if answer.status_code != httpx.codes.OK:
            raise UnableToGoOn(f"{page.address} answered {page.status}: {page.words[:300]}")
        return page


class _Reader(HTMLParser):
    """Collects forms, links and words while the page goes by."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._link: list[str] | None = None
        self._button: list[str] | None = None
        self._button_form: Form | str | None = None
        self._early: list[tuple[str, tuple[str, str, str]]] = []
        self._select: Control | None = None
        self._area: tuple[str, list[str]] | None = None
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        begin = getattr(self, f"_begin_{tag}", None)
        if begin is not None:
            begin(given)

    def handle_endtag(self, tag: str) -> None:
        end = getattr(self, f"_end_{tag}", None)
        if end is not None:
            end()

    def handle_data(self, data: str) -> None:
        for open_text in (self._link, self._button):
            if open_text is not None:
                open_text.append(data.strip())
        if self._area is not None:
            self._area[1].append(data)
        if not self._silent and data.strip():
            self.words.append(data.strip())

    def _begin_form(self, given: dict[str, str]) -> None:
        self._form = Form(
            given.get("action", ""),
            given.get("method", "get").lower(),
            given.get("id", ""),
            "multipart" in given.get("enctype", ""),
        )
        self.forms.append(self._form)

    def _end_form(self) -> None:
        self._form = None

    def _begin_input(self, given: dict[str, str]) -> None:
        name, kind, value = given.get("name", ""), given.get("type", "text"), given.get("value", "")
        form = self._owner(given)
        if form is None or not name or "disabled" in given:
            return
        if kind in {"submit", "image"}:
            form.buttons.append((name, value, value))
            return
        control = form.controls.setdefault(name, Control(kind))
        control.values.append(value)
        control.required |= "required" in given
        if kind not in {"radio", "checkbox", "file"} or "checked" in given:
            control.chosen.append(value or ("on" if kind == "checkbox" else ""))

    def _begin_select(self, given: dict[str, str]) -> None:
        form = self._owner(given)
        if form is not None and given.get("name"):
            self._select = form.controls.setdefault(given["name"], Control("select"))
            self._select.required |= "required" in given

    def _end_select(self) -> None:
        self._select = None

    def _begin_option(self, given: dict[str, str]) -> None:
        if self._select is not None:
            self._select.values.append(given.get("value", ""))
            if "selected" in given:
                self._select.chosen = [given.get("value", "")]

    def _begin_textarea(self, given: dict[str, str]) -> None:
        form = self._owner(given)
        if form is not None and given.get("name"):
            form.controls.setdefault(given["name"], Control("textarea"))
            self._area = (given["name"], [])

    def _end_textarea(self) -> None:
        if self._area is not None and self.forms:
            name, text = self._area
            for form in self.forms:
                if name in form.controls:
                    form.controls[name].chosen = ["".join(text)]
        self._area = None

    def _begin_button(self, given: dict[str, str]) -> None:
        form = self._owner(given)
        if given.get("type", "submit") == "submit":
            self._button = [given.get("name", ""), given.get("value", "")]
            self._button_form = given["form"] if form is None and "form" in given else form

    def _end_button(self) -> None:
        if self._button is not None:
            name, value, *text = self._button
            button = (name, value, " ".join(filter(None, text)))
            if isinstance(self._button_form, Form):
                self._button_form.buttons.append(button)
            elif self._button_form is not None:
                self._early.append((self._button_form, button))
        self._button = None

    def close(self) -> None:
        """Give buttons that stand before their form to it."""
        super().close()
        for identifier, button in self._early:
            for form in self.forms:
                if form.identifier == identifier:
                    form.buttons.append(button)

    def _begin_a(self, given: dict[str, str]) -> None:
        self._link = [given.get("href", "")]

    def _end_a(self) -> None:
        if self._link is not None:
            address, *text = self._link
            self.links.append((address, " ".join(filter(None, text))))
        self._link = None

    def _begin_script(self, _given: dict[str, str]) -> None:
        self._silent += 1

    def _end_script(self) -> None:
        self._silent -= 1

    _begin_style, _end_style = _begin_script, _end_script

    def _owner(self, given: dict[str, str]) -> Form | None:
        """The form that a control belongs to: named by its ``form`` attribute, or around it."""
        if "form" in given:
            return next((form for form in self.forms if form.identifier == given["form"]), None)
        return self._form
