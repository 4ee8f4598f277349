"""What stands in the way of an act on shared data; the faces word ``code`` in the reader's language.

UnableToShare
├── NotTheirs               there is no such thing, or it is not theirs to act on: the two look alike
├── NotInThisState          the request's state does not allow the act: somebody else was faster
├── UnableToRequest         what was asked for is not complete, or cannot be had; every problem is named
├── Unreasoned              a return, a refusal, a dispute, a decision on it, a revocation says why
├── PastItsEnd              the day until which it was asked for is over
├── NothingGranted          an approval names at least one of the fields that were asked for, and no other
├── LessThanOrdered         the common superior decided that more is shared
├── NobodyToSign            this installation is not in the list of nodes, so that nothing can be signed
├── UnableToTakeAct         what another node tells does not fit the request, or is not its side's to do
├── UnableToTakeNotice      a correction, a recall or an answer to one that is not the telling node's to give, or that says something else
└── OutOfTurn               another node tells of an act before one that came first
"""

from collections.abc import Mapping


class UnableToShare(Exception):
    """An act could not be done; nothing was changed."""

    code = "unable"


class NotTheirs(UnableToShare):
    """There is nothing here that they may act on."""

    code = "not-found"


class NotInThisState(UnableToShare):
    """The request's state does not allow this act."""

    code = "not-in-this-state"


class Unreasoned(UnableToShare):
    """This act must say why."""

    code = "unreasoned"


class PastItsEnd(UnableToShare):
    """The day until which the data were asked for is over."""

    code = "past-its-end"


class NothingGranted(UnableToShare):
    """An approval names at least one of the fields that were asked for, and no other."""

    code = "nothing-granted"


class LessThanOrdered(UnableToShare):
    """The common superior decided that these fields are shared, and more may be, but not less."""

    code = "less-than-ordered"


class NobodyToSign(UnableToShare):
    """This installation has no key in the list of nodes."""

    code = "nobody-to-sign"


class UnableToTakeAct(UnableToShare):
    """What another node tells does not fit the request, or is not its side's to do."""

    code = "not-taken"


class UnableToTakeNotice(UnableToShare):
    """A correction, a recall or an answer to one is not the telling node's to give, or says something else than before."""

    code = "not-taken"


class OutOfTurn(UnableToShare):
    """Another node tells of an act before one that came first."""

    code = "out-of-turn"


class UnableToRequest(UnableToShare):
    """``problems`` says for each part of the request what is wrong with it: ``missing``, ``wrong``, ``withheld``, ``own`` …"""

    code = "incomplete"

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(dict(problems))
        self.problems = problems
