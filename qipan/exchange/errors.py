"""Why a document of the exchange is not taken. The errors, all of one tree:

UnableToTake
├── NotSignedByBoth         a party's signature is missing, or is not by a key that the list of nodes gives it
├── NoSuchGrant
├── NotAParty               who revokes gave or was given nothing under this grant
├── AlreadyIssued           another document has this grant's number
├── OldList                 the list of nodes has a number that is not above the one we have
├── OldDocument             a node's document has a number that is not above the one that we have, or is ours to say
└── NoList                  we have no list of nodes yet
"""


class UnableToTake(Exception):
    """The document cannot be taken."""


class NotSignedByBoth(UnableToTake):
    """A party's signature is missing, or is not by a key of its node in the list of nodes."""


class NoSuchGrant(UnableToTake):
    """There is no such grant here."""


class NotAParty(UnableToTake):
    """Only the provider or the consumer of a grant can revoke it."""


class AlreadyIssued(UnableToTake):
    """Another document has this grant's number."""


class OldList(UnableToTake):
    """The list of nodes has a number that is not above the one that is in force here."""


class OldDocument(UnableToTake):
    """The node's document has a number that is not above the one that we have of it, or is ours to say and nobody else's."""


class NoList(UnableToTake):
    """There is no list of nodes here yet."""
