"""What can stand in the way: ``UnableTo…`` and what follows from it."""


class UnableToCertify(Exception):
    """What was asked of certificates, seals or keys cannot be done."""


class NoIssuer(UnableToCertify):
    """No agency in this line has keys to issue with."""


class NoSeal(UnableToCertify):
    """No agency in this line has a seal in use."""


class NoSuchSeal(UnableToCertify):
    """There is no such seal, or it is not this official's."""


class SealNotSo(UnableToCertify):
    """The seal is not in a state that allows this."""


class SamePerson(UnableToCertify):
    """Whoever asked for a seal, or approved it once, cannot approve it."""


class NoSuchCertificate(UnableToCertify):
    """There is no such certificate, or it is not this person's or official's."""


class CertificateNotSo(UnableToCertify):
    """The certificate is not in a state that allows this."""


class WithoutReason(UnableToCertify):
    """A reason must be given, in words."""


class NothingToIssue(UnableToCertify):
    """The case is not granted, or its service issues no certificate electronically."""


class AnothersKey(UnableToCertify):
    """This list of issuers names a key that another node's list has: nobody issues in another's name, or makes theirs doubtful."""


class NoSuchShowing(UnableToCertify):
    """There is no such showing, or it is not this person's; or the link or code was not made by us."""


class NotShownAnyMore(UnableToCertify):
    """What was shown is not to be seen any more; ``why`` is withdrawn, ended, stale (a code whose minute is over) or used-up."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NothingChosen(UnableToCertify):
    """At least one of the certificate's facts must be chosen, and none that it does not have."""


class WithoutUse(UnableToCertify):
    """For a link, who it is for and what for must be said, and until when it holds: at most a year from now."""


class WithoutName(UnableToCertify):
    """Whoever looks must say who they are."""
