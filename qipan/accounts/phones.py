"""Phone numbers as people type them, and as they are kept: E.164."""

import re

MAINLAND = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})", re.ASCII)
ELSEWHERE = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
GAPS = re.compile(r"[\s()（）.-]")


def e164(typed: str) -> str:
    """Read a number: eleven digits are one of the mainland's, one from elsewhere begins with + and its country; empty where it is none."""
    plain = GAPS.sub("", typed)
    mainland = MAINLAND.fullmatch(plain)
    if mainland:
        return f"+86{mainland[1]}"
    return plain if ELSEWHERE.fullmatch(plain) else ""
