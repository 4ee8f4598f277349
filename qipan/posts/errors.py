"""Why a post could not be given, ended or lent.

UnableToChangePosts
├── NotTheirs       of another agency, or not there
├── Themselves      nobody gives or confirms a post of their own, nor confirms what they gave
├── KeptApart       two powers that nobody may have both
├── WrongPeriod     ends before it begins, lies in the past, or is too long
├── NoColleague     whoever stands in holds a post in the same agency, and is not away
├── NobodyFound     no person on the platform has this number
├── ByAManager      who stands in a post of weight is for a manager to say
└── NotReady        confirmed or ended before
"""

from qipan.core.posts import Apart


class UnableToChangePosts(Exception):
    """A post could not be given, ended or lent."""


class NotTheirs(UnableToChangePosts):
    """It belongs to another agency, or is not there."""


class Themselves(UnableToChangePosts):
    """Nobody gives or confirms a post of their own, nor confirms what they gave."""


class KeptApart(UnableToChangePosts):
    """Somebody would have two powers in one agency that are kept apart."""

    def __init__(self, apart: Apart) -> None:
        super().__init__(f"{apart.one} and {apart.other} are kept apart")
        self.apart = apart


class WrongPeriod(UnableToChangePosts):
    """It ends before it begins, lies in the past, or is too long."""


class NoColleague(UnableToChangePosts):
    """Whoever stands in holds a post in the same agency, and is not away meanwhile."""


class NobodyFound(UnableToChangePosts):
    """No person on the platform has this number."""


class ByAManager(UnableToChangePosts):
    """Who stands in a post of weight is for a manager to say, and not for its holder."""


class NotReady(UnableToChangePosts):
    """It was confirmed or ended before."""
