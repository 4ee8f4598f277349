"""Names as registers and people spell them."""

import unicodedata


def same_name(one: str, other: str) -> bool:
    """Whether two spellings are one name: wide letters, spaces and the point between parts aside."""
    return bool(one.strip()) and _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().replace("•", "·").split())
