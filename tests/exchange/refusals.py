"""What a refusal of a gateway's looks like."""

import httpx


def refused(answer: httpx.Response, code: str) -> None:
    """The answer is a refusal with this code, in Chinese and English, and holds no data."""
    assert (answer.status_code >= 400, answer.json()["code"]) == (True, code), answer.text
    assert answer.json()["zh"]
    assert answer.json()["en"]
    assert "2026-11-20" not in answer.text
