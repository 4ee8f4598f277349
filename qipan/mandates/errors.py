"""Why a mandate could not be given, accepted or ended.

UnableToMandate
├── NotTheirMandate         there is no such mandate, or it is not theirs to accept or end: the two look alike
├── NotInOwnRight           whoever acts under a mandate cannot pass it on
├── UnknownAgent            nobody of this name and number is known here
├── ToOneself               one is one's own agent already
├── NothingInScope          no life event that such a mandate can be about
├── EndsWrongly             it ends before it begins, or later than it may
└── UnableToRepresent       the register does not say that they lead the enterprise
    └── RegisterSilent      the register does not answer, or must not be asked
"""


class UnableToMandate(Exception):
    """A mandate stays as it was."""


class NotTheirMandate(UnableToMandate):
    """There is no such mandate here that they may accept or end."""


class NotInOwnRight(UnableToMandate):
    """Mandates are given by their principal; whoever acts under one cannot pass it on."""


class UnknownAgent(UnableToMandate):
    """Nobody of this name and this number is known here; which of the two is wrong is not said."""


class ToOneself(UnableToMandate):
    """Nobody needs a mandate to act for themselves."""


class NothingInScope(UnableToMandate):
    """None of these is a life event that such a mandate can be about."""


class EndsWrongly(UnableToMandate):
    """A mandate ends on a day to come, and within a year."""


class UnableToRepresent(UnableToMandate):
    """The register of enterprises does not say that this person is the legal representative of an enterprise in operation."""


class RegisterSilent(UnableToRepresent):
    """The register of enterprises does not answer, or no grant lets it be asked."""
