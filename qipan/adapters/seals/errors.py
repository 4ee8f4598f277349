"""What can be wrong with keys."""


class Malformed(Exception):
    """These bytes are no key of this suite."""


class Unreadable(Exception):
    """This sealed message was not for this key, or was changed on the way."""
