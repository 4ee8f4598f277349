"""One application for each key, however many retries arrive at once; and no log that tells of anybody."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx

from tests import cast as play
from tests.attacks.stage import Stage

RETRIES = 50


def submit(client: httpx.Client, key: str, answers: dict[str, object] | None = None) -> httpx.Response:
    body = {"event": "birth", "answers": answers or play.ANSWERS, "consents": sorted(play.RESOURCES)}
    return client.post("/api/applications", json=body, headers={"Idempotency-Key": key}, timeout=240)


def test_fifty_retries_at_once_are_one_application(stage: Stage) -> None:
    start = Barrier(RETRIES)

    def retry(_turn: int) -> httpx.Response:
        with stage.visitor(stage.persons[0]) as client:
            start.wait(timeout=240)
            return submit(client, "fifty")

    with ThreadPoolExecutor(RETRIES) as pool:
        answers = list(pool.map(retry, range(RETRIES)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: RETRIES - 1}
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert stage.rows("SELECT count(*) FROM applications WHERE idempotency_key = 'key:fifty'") == [(1,)]


def test_the_same_key_of_somebody_else_is_another_application(stage: Stage) -> None:
    with stage.visitor(stage.persons[0]) as one, stage.visitor(stage.persons[1]) as other:
        first, second = submit(one, "shared"), submit(other, "shared")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["number"] != second.json()["number"]


def test_the_same_key_with_another_body_gives_the_first_application_unchanged(stage: Stage) -> None:
    with stage.visitor(stage.persons[2]) as client:
        first = submit(client, "changed")
        other = submit(client, "changed", {**play.ANSWERS, "child.name": "王另名"})
        wrong = submit(client, "changed", {"child.name": ""})
    assert [each.status_code for each in (first, other, wrong)] == [201, 200, 200]
    assert first.json()["number"] == other.json()["number"] == wrong.json()["number"]
    facts = stage.rows("SELECT learned::text FROM fact_sets")
    assert "王另名" not in str(facts)


def test_no_log_tells_of_anybody(stage: Stage) -> None:
    """A journey with every mistake that a person or an attacker may make, then a search of what the processes said."""
    with stage.visitor(stage.persons[3]) as client:
        number = submit(client, "journey").json()["number"]
        draft = client.post(
            "/api/drafts",
            json={"event": "birth", "answers": play.ANSWERS, "consents": sorted(play.RESOURCES)},
        ).json()["draft"]
        for path in ("", "results/", "missing/", "%00/"):
            client.get(f"/applications/{number}{path and '/'}{path}")
        for private in stage.private:
            client.get("/", params={"q": private})
            client.get("/sign-in/", params={"q": private + "\x00"})
            client.patch(
                f"/api/drafts/{draft}", json={"answers": {private + "\x00": private, "child.name": private}}
            )
            client.patch(f"/api/drafts/{draft}", content=f'{{"answers": {{"child.name": "{private}'.encode())
            client.post(
                f"/drafts/{draft}/",
                data={
                    "child.name\x00": private,
                    "child.name": private + "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
                },
            )
            submit(client, "wrong", {"child.name": private, "child.household_region": private})
    said = stage.log.read_text(errors="replace")
    said += (stage.home / "postgres" / "log").read_text(errors="replace")
    told = [private for private in (*stage.private, "王小宝") if private in said]
    assert not told
