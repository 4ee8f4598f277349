"""Reading a predicate from its text."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from qipan.core.elements import Field, Value
from qipan.core.predicates.tree import (
    Comparison,
    Constant,
    Known,
    Membership,
    Not,
    Predicate,
    Present,
    both,
    either,
    leaves,
)

MAX_LENGTH = 4000
MAX_DEPTH = 40
MAX_BORROWED = 500
"""How many comparisons a condition may take over from situations, which may use others in turn."""


class PredicateError(ValueError):
    """A text that is no predicate; ``column`` counts characters from 1, ``code`` and ``values`` are for the face.

    Codes: ``too-long`` · ``too-deep`` · ``too-much`` (with the situation ``name``) · ``bad-character`` · ``expected`` (``what`` was expected, ``found``) ·
    ``unknown-situation`` (``name``) · ``no-comparison`` (``field``: write ``== true``).
    """

    def __init__(self, code: str, column: int, **values: str) -> None:
        self.code, self.column, self.values = code, column, values
        detail = ", ".join(f"{name} {value!r}" for name, value in values.items())
        super().__init__(f"column {column}: {code}{': ' if detail else ''}{detail}")


class _Token(NamedTuple):
    kind: str
    text: str
    column: int


_TOKENS = re.compile(
    r"""(?P<space>\s+)|(?P<text>"(?:[^"\\]|\\.)*"|'[^'\\]*')|(?P<number>-?\d+(?:\.\d+)?)|"""
    r"""(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)?)|(?P<operator>==|!=|<=|>=|<|>)|(?P<mark>[()\[\],])"""
)
_FLIPPED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_CONSTANTS = {"true": True, "false": False, "True": True, "False": False}


def parse(text: str, situations: Mapping[str, Predicate] | None = None) -> Predicate:
    """Read a predicate, with the names of ``situations`` replaced by their predicates; raises PredicateError."""
    if len(text) > MAX_LENGTH:
        raise PredicateError("too-long", MAX_LENGTH + 1)
    return _Parser(tuple(_tokens(text)), situations or {}).whole()


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while position < len(text):
        match = _TOKENS.match(text, position)
        if match is None:
            raise PredicateError("bad-character", position + 1, found=text[position])
        if match.lastgroup != "space":
            yield _Token(match.lastgroup or "", match.group(), position + 1)
        position = match.end()
    yield _Token("end", "", len(text) + 1)


class _Parser:
    """Recursive descent over ``or`` < ``and`` < ``not`` < comparisons."""

    def __init__(self, tokens: tuple[_Token, ...], situations: Mapping[str, Predicate]) -> None:
        self.tokens, self.situations = tokens, situations
        self.at = self.depth = self.borrowed = 0

    def whole(self) -> Predicate:
        predicate = self.disjunction()
        if self.token.kind != "end":
            raise self.expected("and")
        return predicate

    @property
    def token(self) -> _Token:
        return self.tokens[self.at]

    def next(self) -> _Token:
        token = self.token
        self.at += token.kind != "end"
        return token

    def takes(self, *texts: str) -> bool:
        """Step over these tokens when they come next."""
        ahead = self.tokens[self.at : self.at + len(texts)]
        if tuple(token.text for token in ahead) != texts or any(token.kind == "text" for token in ahead):
            return False
        self.at += len(texts)
        return True

    def demand(self, mark: str) -> None:
        if not self.takes(mark):
            raise self.expected(mark)

    def expected(self, what: str, token: _Token | None = None) -> PredicateError:
        token = token or self.token
        return PredicateError("expected", token.column, what=what, found=token.text)

    def disjunction(self) -> Predicate:
        parts = [self.conjunction()]
        while self.takes("or"):
            parts.append(self.conjunction())
        return either(*parts)

    def conjunction(self) -> Predicate:
        parts = [self.negation()]
        while self.takes("and"):
            parts.append(self.negation())
        return both(*parts)

    def negation(self) -> Predicate:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise PredicateError("too-deep", self.token.column)
        predicate = Not(self.negation()) if self.takes("not") else self.primary()
        self.depth -= 1
        return predicate

    def primary(self) -> Predicate:
        if self.takes("("):
            inner = self.disjunction()
            self.demand(")")
            return inner
        for function in ("present", "known"):
            if self.takes(function, "("):
                return self.call(function)
        return self.chain()

    def call(self, function: str) -> Predicate:
        token = self.next()
        if token.kind != "name" or ("." in token.text) != (function == "known"):
            raise self.expected("party" if function == "present" else "field", token)
        self.demand(")")
        return Present(token.text) if function == "present" else Known(Field.parse(token.text))

    def chain(self) -> Predicate:
        """Read ``a < b`` or ``a < b <= c``; a lone name is a situation or a constant."""
        first, left = self.token, self.operand()
        parts: list[Predicate] = []
        while self.token.kind == "operator":
            operator, right = self.next(), self.operand()
            parts.append(self.comparison(left, operator, right))
            left = right
        if parts:
            return both(*parts)
        if self.takes("in") or self.takes("not", "in"):
            return self.membership(first, left, negated=self.tokens[self.at - 2].text == "not")
        return self.alone(first, left)

    def comparison(
        self, left: Value | Field | None, operator: _Token, right: Value | Field | None
    ) -> Predicate:
        if left is None or right is None:
            raise self.expected("value", operator)
        if isinstance(left, Field):
            return Comparison(left, operator.text, right)
        if isinstance(right, Field):
            return Comparison(right, _FLIPPED[operator.text], left)
        raise self.expected("field", operator)

    def membership(self, first: _Token, left: Value | Field | None, *, negated: bool) -> Predicate:
        if not isinstance(left, Field):
            raise self.expected("field", first)
        self.demand("[")
        values = [self.constant()]
        while self.takes(","):
            values.append(self.constant())
        self.demand("]")
        return Membership(left, tuple(values), negated)

    def constant(self) -> Value:
        token, value = self.token, self.operand()
        if value is None or isinstance(value, Field):
            raise self.expected("value", token)
        return value

    def operand(self) -> Value | Field | None:
        """Read a value or a field; None for a bare name, which only a situation can be."""
        token = self.next()
        if token.kind == "text":
            return _unquoted(token)
        if token.kind == "number":
            return float(token.text) if "." in token.text else int(token.text)
        if token.kind != "name":
            raise self.expected("value", token)
        if "." in token.text:
            return Field.parse(token.text)
        return _CONSTANTS.get(token.text)

    def alone(self, token: _Token, value: Value | Field | None) -> Predicate:
        if isinstance(value, bool):
            return Constant(value)
        if isinstance(value, Field):
            raise PredicateError("no-comparison", token.column, field=token.text)
        if value is not None:
            raise self.expected("condition", token)
        if token.text not in self.situations:
            raise PredicateError("unknown-situation", token.column, name=token.text)
        found = self.situations[token.text]
        self.borrowed += sum(1 for _ in leaves(found))
        if self.borrowed > MAX_BORROWED:
            raise PredicateError("too-much", token.column, name=token.text)
        return found


def _unquoted(token: _Token) -> str:
    if token.text[0] == "'":
        return token.text[1:-1]
    try:
        return str(json.loads(token.text))
    except json.JSONDecodeError:
        raise PredicateError("expected", token.column, what="text", found=token.text) from None
