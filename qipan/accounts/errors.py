"""Why something could not be done with an account.

UnableToRealName            the account stays what it was
├── UnknownIdentity         the register has nobody of this number and name
├── IdentityTaken           the person has another account
├── IdentityDeceased        the register says that the person died
├── IdentityFixed           the account is another person's already
└── RegisterDown            the register does not answer, or must not be asked
"""


class UnableToRealName(Exception):
    """The account could not be given to a person."""


class UnknownIdentity(UnableToRealName):
    """The population register has nobody of this number and this name; which of the two is wrong is not said."""


class IdentityTaken(UnableToRealName):
    """This person has an account already."""


class IdentityDeceased(UnableToRealName):
    """The population register says that this person has died."""


class IdentityFixed(UnableToRealName):
    """The account belongs to another person, and stays theirs."""


class RegisterDown(UnableToRealName):
    """The population register does not answer, or no law lets it be asked."""


class UnableToConfirm(Exception):
    """Whoever asks serves nobody who is present, or the account of this number shows another code or is another person's."""


class UnknownApp(Exception):
    """There is no such app, or nobody signs in to it any more."""


class UnsafeRedirect(Exception):
    """Where an app is gone back to must be an address of https (or of this machine), without a fragment, a user or spaces."""
