"""Why an auditor cannot decide. The errors, all of one tree:

UnableToDecide
├── NotForThem       there is no such finding, they are no auditor, or it is about themselves
├── DecidedBefore
├── WrongVerdict     what is said is not an answer to a finding of this kind
└── NoReason
"""


class UnableToDecide(Exception):
    """The finding cannot be decided."""


class NotForThem(UnableToDecide):
    """There is no such finding for them: only an auditor decides, and nobody about themselves."""


class DecidedBefore(UnableToDecide):
    """Another auditor has decided it."""


class WrongVerdict(UnableToDecide):
    """A finding about somebody's readings is justified or misuse, one about records that do not meet is resolved."""


class NoReason(UnableToDecide):
    """A decision says why."""
