"""What stands in the way of an act; the faces word ``code`` with ``values`` in the reader's language.

UnableToAct
├── NotTheirs               there is no such thing, or it is not theirs to act on: the two look alike
├── NotCovered              the mandate under which they act does not name this life event
├── NotInThisState          the case's state does not allow the act; reload it
├── UnableToSubmit          answers or documents are missing or wrong
├── UnableToAnswer          the same, for a correction or a later question
├── UnableToGrant           an output is missing or wrong
├── UnableToUpload          the file is too large, empty, or not of a kind that is taken
├── UnableToStart           no such life event
├── NotKnownWell            it asks for a higher level of assurance: real name, or seen in person
└── Unreasoned              a refusal, a return or a withdrawal says why
"""

from collections.abc import Mapping, Sequence

from qipan.core.checks import CheckFailure
from qipan.core.lifecycle import CaseAct, CaseState

Invalid = Sequence[tuple[str, CheckFailure]]


class UnableToAct(Exception):
    """An act could not be done; nothing was changed."""

    code = "unable"

    def __init__(self, **values: object) -> None:
        super().__init__(self.code, values)
        self.values: Mapping[str, object] = values


class NotTheirs(UnableToAct):
    """There is nothing here that they may act on."""

    code = "not-found"


class NotCovered(UnableToAct):
    """The mandate under which they act is not for this life event."""

    code = "not-covered"


class NotInThisState(UnableToAct):
    """The case's state does not allow this act."""

    code = "not-in-this-state"

    def __init__(self, state: CaseState, act: CaseAct) -> None:
        super().__init__(state=str(state), act=str(act))


class Unreasoned(UnableToAct):
    """A refusal, a return or a withdrawal must say why."""

    code = "unreasoned"


class UnableToAnswer(UnableToAct):
    """Answers are missing or do not pass their checks; all of them are named at once."""

    code = "answers"

    def __init__(
        self,
        *,
        unanswered: Sequence[str] = (),
        invalid: Invalid = (),
        documents: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(unanswered=tuple(unanswered), invalid=tuple(invalid), documents=tuple(documents))
        self.unanswered = tuple(unanswered)
        self.invalid = tuple(invalid)
        self.documents = tuple(documents)


class UnableToSubmit(UnableToAnswer):
    """The form is not complete: fields without an answer, answers that fail, (service, evidence) not sent."""

    code = "incomplete"


class UnableToGrant(UnableToAct):
    """The outputs named in ``missing`` have no value, those in ``invalid`` a wrong one."""

    code = "outputs"

    def __init__(self, *, missing: Sequence[str] = (), invalid: Invalid = ()) -> None:
        super().__init__(missing=tuple(missing), invalid=tuple(invalid))
        self.missing = tuple(missing)
        self.invalid = tuple(invalid)


class UnableToUpload(UnableToAct):
    """``reason``: too-large (``limit`` bytes), empty, wrong-type (``accepted``), or too-many (``limit``)."""

    code = "upload"


class UnableToStart(UnableToAct):
    """``reason``: no-event, no-library."""

    code = "start"


class NotKnownWell(UnableToAct):
    """The life event asks for the assurance ``level``, and whoever applies has a lower one."""

    code = "level"
