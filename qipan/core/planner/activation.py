"""Activation: which services, needs and documents take part in a plan, and what is left out or not settled yet."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from qipan.core.elements import Field
from qipan.core.plan import Left, Reason
from qipan.core.planner.conditions import Circumstances
from qipan.core.planner.ground import (
    ABSENT,
    GroundEvent,
    GroundEvidence,
    GroundNeed,
    GroundOutput,
    GroundService,
)
from qipan.core.planner.knowledge import Knowledge
from qipan.core.predicates import Predicate, Truth, fields


@dataclass(frozen=True, slots=True)
class ActiveService:
    """A service that takes part, with what of it takes part.

    ``maybe`` are outputs whose condition is not settled, with what it turns on. ``inputs`` are the fields it cannot start
    without: its needs, its region, and what its conditions turn on.
    """

    name: str
    ground: GroundService
    needs: tuple[GroundNeed, ...]
    gives: tuple[Field, ...]
    maybe: tuple[tuple[GroundOutput, frozenset[Field]], ...]
    documents: tuple[GroundEvidence, ...]
    inputs: tuple[Field, ...]


@dataclass(slots=True)
class Activation:
    """What takes part and is still to do, and what is granted already.

    ``decisions`` maps each field on which something turns to the services concerned.
    """

    services: list[ActiveService] = field(default_factory=list)
    granted: list[ActiveService] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    decisions: defaultdict[Field, set[str]] = field(default_factory=lambda: defaultdict(set))

    def leave(
        self, what: str, service: str, reason: Reason, *, about: Field | None = None, name: str = ""
    ) -> None:
        """Record what is left out; ``undecided`` is the one reason that is not final."""
        self.left.append(Left(what, service, about, reason, reason.code != "undecided", name))

    def decide(self, service: str, turns_on: Iterable[Field]) -> None:
        """Record that something about a service turns on these fields."""
        for one in turns_on:
            self.decisions[one].add(service)


def activate(ground: GroundEvent, circumstances: Circumstances, knowledge: Knowledge) -> Activation:
    """Judge every service of the event, in the event's order."""
    activation = Activation()
    plain = unconditional(ground)
    for service in ground.services:
        over = _over(service, knowledge)
        if service.name in knowledge.granted:
            activation.granted.append(_activate(service, circumstances, Activation(), frozenset()))
        elif over is not None:
            activation.leave("service", service.name, over)
        elif service.name in plain:
            activation.services.append(plain[service.name])
        else:
            _judge_service(service, circumstances, activation)
    return activation


def _over(service: GroundService, knowledge: Knowledge) -> Reason | None:
    if service.name in knowledge.refused:
        return Reason("refused", services=(service.name,))
    if service.use.optional and service.name in knowledge.skipped:
        return Reason("skipped")
    return None


def _judge_service(service: GroundService, circumstances: Circumstances, activation: Activation) -> None:
    truth, turns_on = circumstances.guard(
        (*service.required, *(ABSENT for _ in service.unfilled)), service.when
    )
    activation.decide(service.name, turns_on)
    if truth is Truth.TRUE:
        activation.services.append(_activate(service, circumstances, activation, turns_on))
        return
    absent = bool(service.unfilled or circumstances.absent(service.required))
    reason = _reason(truth, turns_on, service.when, circumstances, service.required if absent else ())
    activation.leave("service", service.name, reason)


def _reason(
    truth: Truth,
    turns_on: Iterable[Field],
    when: Predicate | None,
    circumstances: Circumstances,
    parties: Iterable[str] = (),
) -> Reason:
    """Why something takes no part: not settled, one of its ``parties`` absent, or its condition false."""
    if truth is Truth.UNKNOWN:
        return Reason("undecided", fields=tuple(sorted(turns_on)))
    if parties:
        conditions = [circumstances.whens.get(party) for party in circumstances.absent(parties)]
        return Reason("absent", fields=_spoken_of(conditions))
    return Reason("false", fields=_spoken_of([when]))


def _spoken_of(conditions: Iterable[Predicate | None]) -> tuple[Field, ...]:
    return tuple(sorted({one for when in conditions if when is not None for one in fields(when)}))


def _activate(
    service: GroundService, circumstances: Circumstances, activation: Activation, turns_on: frozenset[Field]
) -> ActiveService:
    opening = _Opening(service.name, circumstances, activation, set(turns_on))
    uncertain = circumstances.supposed.present
    needs = tuple(
        need
        for need in service.needs
        if (need.when is None and need.field.party not in uncertain) or opening.needs(need)
    )
    documents = tuple(found for document in service.evidence if (found := opening.requires(document)))
    outputs = [(output, *circumstances.guard((output.field.party,), output.when)) for output in service.gives]
    return ActiveService(
        service.name,
        service,
        needs,
        tuple(dict.fromkeys(output.field for output, truth, _ in outputs if truth is Truth.TRUE)),
        tuple((output, turns_on) for output, truth, turns_on in outputs if truth is Truth.UNKNOWN),
        documents,
        _inputs(service, needs, opening.confirms),
    )


def _inputs(
    service: GroundService, needs: Iterable[GroundNeed], confirms: Iterable[Field]
) -> tuple[Field, ...]:
    region = () if service.region is None else (service.region,)
    return tuple(dict.fromkeys((*(need.field for need in needs), *region, *sorted(confirms))))


@lru_cache(maxsize=1024)
def unconditional(ground: GroundEvent) -> Mapping[str, ActiveService]:
    """The services about which nothing depends on anything: they are the same in every plan."""
    return {
        service.name: ActiveService(
            service.name,
            service,
            service.needs,
            tuple(dict.fromkeys(output.field for output in service.gives)),
            (),
            service.evidence,
            _inputs(service, service.needs, ()),
        )
        for service in ground.services
        if _is_unconditional(ground, service)
    }


def _is_unconditional(ground: GroundEvent, service: GroundService) -> bool:
    guarded = [service.when, *(need.when for need in service.needs)]
    guarded += [output.when for output in service.gives]
    guarded += [document.when for document in service.evidence]
    parties = {party for _, party in service.parties} | {need.field.party for need in service.needs}
    certain = parties.isdisjoint({*ground.whens, ABSENT}) and not service.unfilled
    return certain and all(when is None for when in guarded) and all(one.ways for one in service.evidence)


@dataclass(frozen=True, slots=True)
class _Opening:
    """Judges the parts of one service, gathering what they turn on."""

    service: str
    circumstances: Circumstances
    activation: Activation
    confirms: set[Field]

    def needs(self, need: GroundNeed) -> bool:
        truth, turns_on = self._judge((need.field.party,), need.when)
        if truth is not Truth.TRUE and need.field.party != ABSENT:
            parties = self.circumstances.absent((need.field.party,))
            reason = _reason(truth, turns_on, need.when, self.circumstances, parties)
            self.activation.leave("need", self.service, reason, about=need.field)
        return truth is Truth.TRUE

    def requires(self, document: GroundEvidence) -> GroundEvidence | None:
        """The document with the ways that are open; None where it is not required, or only absent parties have it."""
        truth, turns_on = self._judge((), document.when)
        parties: tuple[str, ...] = ()
        if truth is Truth.TRUE:
            ways = tuple(
                way for way in document.ways if self.circumstances.presence(way.parties) is Truth.TRUE
            )
            if ways:
                return document._replace(ways=ways)
            parties = tuple(sorted({party for way in document.ways for party in way.parties}))
            truth, turns_on = self._judge(parties, None)
        reason = _reason(truth, turns_on, document.when, self.circumstances, parties)
        self.activation.leave("document", self.service, reason, name=document.name)
        return None

    def _judge(self, parties: tuple[str, ...], when: Predicate | None) -> tuple[Truth, frozenset[Field]]:
        truth, turns_on = self.circumstances.guard(parties, when)
        if turns_on:
            self.confirms.update(turns_on)
            self.activation.decide(self.service, turns_on)
        return truth, turns_on
