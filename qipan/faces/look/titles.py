"""What declared things are called in one language, for sentences and tables; a name that nothing declares stands for itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from qipan.core.declarations import Library, LifeEvent
from qipan.core.elements import Element, Field, Value


@dataclass(frozen=True, slots=True)
class Titles:
    """Titles out of one library, about one life event."""

    library: Library
    event: LifeEvent
    language: str

    @property
    def chinese(self) -> bool:
        """Whether to speak Chinese."""
        return self.language.startswith("zh")

    def party(self, name: str) -> str:
        """A party of the event: 母亲, mother."""
        slot = self.event.parties.get(name)
        return slot.title.say(self.language) if slot and slot.title else name

    def element(self, field: Field) -> str:
        """A field without its party: 姓名, name."""
        element = self._element(field)
        return element.title.say(self.language) if element else str(field)

    def field(self, field: Field) -> str:
        """A field with its party: 母亲的姓名, name (mother)."""
        party, element = self.party(field.party), self.element(field)
        if not self.chinese:
            return f"{element} ({party})"
        return element if element.startswith(party) else f"{party}的{element}"

    def question(self, field: Field) -> str:
        """What to ask a person for the field: the element's own question, else the field."""
        element = self._element(field)
        return element.question.say(self.language) if element and element.question else self.field(field)

    def field_named(self, name: str) -> str:
        """A field written ``party.element``; other texts stand for themselves."""
        party, dot, word = name.partition(".")
        return self.field(Field(party, word)) if dot else name

    def value(self, field: Field, value: Value) -> str:
        """A value in words: a code's title, 是 and 否."""
        element = self._element(field)
        codes = self.library.codes.get(element.codes or "") if element else None
        if codes is not None and str(value) in codes.values:
            return codes.values[str(value)].say(self.language)
        if isinstance(value, bool):
            return ("是" if value else "否") if self.chinese else ("yes" if value else "no")
        return str(value)

    def service(self, name: str) -> str:
        """A service by name."""
        return self._title(self.library.services, name)

    def resource(self, name: str) -> str:
        """A resource by its name, or by that of one look-up in it."""
        return self._title(self.library.resources, name.partition("(")[0])

    def certificate(self, name: str) -> str:
        """A kind of certificate by name."""
        return self._title(self.library.certificates, name)

    def agency(self, name: str) -> str:
        """A kind of agency by name."""
        return self._title(self.library.agencies, name)

    def evidence(self, service: str, name: str) -> str:
        """A document that a service requires."""
        declared = self.library.services.get(service)
        documents = {each.name: each for each in declared.evidence} if declared else {}
        return self._title(documents, name)

    def listed(self, words: Iterable[str], most: int = 4) -> str:
        """Several titles in one breath; past ``most``, only how many there are."""
        every = list(dict.fromkeys(words))
        shown, rest = (every, 0) if len(every) <= most else (every[: most - 1], len(every) - most + 1)
        if self.chinese:
            return "、".join(shown) + (f"等 {len(every)} 项" if rest else "")
        last = [f"{rest} more"] if rest else []
        *head, tail = [*shown, *last] or [""]
        return f"{', '.join(head)} and {tail}" if head else tail

    def _element(self, field: Field) -> Element | None:
        slot = self.event.parties.get(field.party)
        return self.library.elements.get(f"{slot.kind}.{field.word}") if slot else None

    def _title(self, declared: Mapping[str, Any], name: str) -> str:
        return str(declared[name].title.say(self.language)) if name in declared else name
