"""Registers that another node holds: asked through this node's gateway, which alone holds the key, finds the grant and keeps the record.

At ``node://name`` each look-up goes to that node; at ``received://name`` it goes to the rows that the node has sent here, by subscription
or in a batch. The gateway is told what is wanted, for which case and who acts; docs/handbook/exchange.md says what becomes of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

import httpx

from qipan.adapters.sources.port import Request, SourceDown, SourceMisdeclared, SourceNonsense
from qipan.core.elements import Field

SCHEME = "node://"
RECEIVED = "received://"
ELSEWHERE = (SCHEME, RECEIVED)
CONNECTIONS = 6
LARGEST = 16 * 1024 * 1024 + 1024  # bytes of an answer; how much of it is a matter of the grant
DOWN = frozenset(
    {"no-record-no-data", "peer-down", "register-down", "too-many", "too-slow", "node-list-ended"}
)


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where the inside of this node's gateway answers, and the secret that it shares with its platform."""

    address: str
    secret: str = field(repr=False)


class NodeRegisters:
    """A client of this node's gateway, opened when first needed."""

    def __init__(self, gateway: Gateway | None) -> None:
        self._gateway = gateway
        self._client: httpx.Client | None = None
        self._lock = Lock()

    def read(self, request: Request, timeout: float, address: str = SCHEME) -> Mapping[Field, object] | None:
        """Get the facts that passed; None when there is no such record. Raises SourceError."""
        path = "/received" if address.startswith(RECEIVED) else "/look-up"
        try:
            answer = self._opened().post(path, json=_wanted(request), timeout=timeout)
        except httpx.HTTPError as error:
            raise SourceDown(f"This node's gateway does not answer: {type(error).__name__}") from None
        found = _parsed(answer)
        if answer.status_code != httpx.codes.OK:
            raise _refusal(str(found.get("code")))
        facts = found.get("facts")
        if not isinstance(facts, dict):
            raise SourceNonsense("This node's gateway answers in another shape.")
        return {each: facts.get(str(each)) for each in request.elements} if found.get("found") else None

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = None

    def _opened(self) -> httpx.Client:
        if self._gateway is None:
            raise SourceMisdeclared("registers.json names another node, and this one has no gateway.")
        with self._lock:
            if self._client is None:
                self._client = httpx.Client(
                    base_url=self._gateway.address,
                    headers={"Authorization": f"Bearer {self._gateway.secret}"},
                    limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
                    follow_redirects=False,
                    trust_env=False,
                )
            return self._client


def _wanted(request: Request) -> dict[str, object]:
    ground = request.ground
    if ground is None:
        raise SourceMisdeclared(f"{request.resource} is another node's, which is asked for a case alone.")
    return {
        "resource": request.resource,
        "keys": {str(each): value for each, value in request.keys.items()},
        "fields": [str(each) for each in request.elements],
        "event": ground.event,
        "services": ground.services,
        "purpose": ground.purpose,
        "basis": ground.basis,
        "case": ground.case,
        "official": ground.official,
    }


def _parsed(answer: httpx.Response) -> dict[str, object]:
    try:
        found = answer.json() if len(answer.content) <= LARGEST else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise SourceNonsense("This node's gateway does not answer in JSON.")
    return found


def _refusal(code: str) -> SourceDown | SourceMisdeclared | SourceNonsense:
    if code in DOWN:
        return SourceDown(f"The node that holds it gives nothing now: {code}")
    if code in {"register-nonsense", "excess"}:
        return SourceNonsense(f"The node that holds it gives what cannot be used: {code}")
    return SourceMisdeclared(f"The exchange refuses: {code}")
