"""A plan as plain data, ready for JSON: sorted and stable, byte for byte the same for the same plan."""

from collections.abc import Mapping
from typing import Any

from qipan.core.elements import Checks, Field
from qipan.core.plan import (
    Derivation,
    Fetch,
    Left,
    Plan,
    PlannedService,
    Problem,
    Question,
    Reason,
    RequiredEvidence,
    Stage,
)

Plain = dict[str, Any]


def plan_as_dict(plan: Plan) -> Plain:
    """Everything in the plan as dicts, lists, texts and numbers; fields are written ``party.element``."""
    return {
        "event": plan.event,
        "version": plan.version,
        "questions": [_question(one) for one in plan.questions],
        "fetches": [_fetch(one) for one in plan.fetches],
        "services": [_service(one) for one in plan.services],
        "stages": [_stage(one) for one in plan.stages],
        "evidence": [_evidence(one) for one in plan.evidence],
        "derivations": [_derivation(one) for one in plan.derivations],
        "savings": {
            name: {"before": saving.before, "after": saving.after}
            for name, saving in sorted(plan.savings.items())
        },
        "critical_path": list(plan.critical_path),
        "reasons": _reasons(plan),
        "left": [_left(one) for one in plan.left],
        "problems": [problem_as_dict(one) for one in plan.problems],
        "assumed": {str(field): value for field, value in plan.assumed},
    }


def _question(one: Question) -> Plain:
    return {
        "field": str(one.field),
        "element": one.element,
        "checks": checks_as_dict(one.checks),
        "burden": one.burden,
        "needed_by": list(one.needed_by),
        "decides": one.decides,
    }


def _fetch(one: Fetch) -> Plain:
    return {
        "name": one.name,
        "resource": one.resource,
        "parties": dict(one.parties),
        "keys": _pairs(one.keys),
        "facts": _pairs(one.facts),
        "stage": one.stage,
        "upfront": one.upfront,
        "days": one.days,
        "needed_by": list(one.needed_by),
    }


def _service(one: PlannedService) -> Plain:
    return {
        "service": one.service,
        "agency": one.agency,
        "stage": one.stage,
        "parties": dict(one.parties),
        "needs": _fields(one.needs),
        "gives": _fields(one.gives),
        "waits_for": list(one.waits_for),
        "fetches": list(one.fetches),
        "optional": one.optional,
        "starts_after": _days(one.starts_after),
        "ends_after": _days(one.ends_after),
    }


def _stage(one: Stage) -> Plain:
    return {"number": one.number, "fetches": list(one.fetches), "services": list(one.services)}


def _evidence(one: RequiredEvidence) -> Plain:
    return {
        "service": one.service,
        "evidence": one.evidence,
        "met_by": one.met_by.value,
        "via": list(one.via),
    }


def _derivation(one: Derivation) -> Plain:
    return {
        "field": str(one.field),
        "kind": one.kind,
        "via": one.via,
        "inputs": _fields(one.inputs),
        "stage": one.stage,
        "service": one.service,
    }


def _fields(fields: tuple[Field, ...]) -> list[str]:
    return [str(field) for field in fields]


def _pairs(pairs: tuple[tuple[Field, Field], ...]) -> list[Plain]:
    """Pairs of the event's field and the resource's own."""
    return [{"field": str(field), "own": str(own)} for field, own in pairs]


def _days(days: tuple[int, int]) -> Plain:
    return {"promised": days[0], "statutory": days[1]}


def _reasons(plan: Plan) -> Plain:
    """The reasons of each question, fetch and service, under its name."""
    return {
        "questions": {str(one.field): _reason_list(one.reasons) for one in plan.questions},
        "fetches": {one.name: _reason_list(one.reasons) for one in plan.fetches},
        "services": {one.service: _reason_list(one.reasons) for one in plan.services},
    }


def _reason_list(reasons: tuple[Reason, ...]) -> list[Plain]:
    return [reason_as_dict(reason) for reason in reasons]


def reason_as_dict(reason: Reason) -> Plain:
    """A reason, with the parts that it has."""
    found = {
        "code": reason.code,
        "services": list(reason.services),
        "fields": _fields(reason.fields),
        "resources": list(reason.resources),
    }
    return {name: value for name, value in found.items() if value}


def _left(left: Left) -> Plain:
    return {
        "what": left.what,
        "service": left.service,
        "field": str(left.field) if left.field else None,
        "name": left.name,
        "reason": reason_as_dict(left.reason),
        "settled": left.settled,
    }


def problem_as_dict(problem: Problem) -> Plain:
    """A problem with its positions as ``file:line``."""
    return {
        "code": problem.code,
        "severity": problem.severity,
        "position": str(problem.position) if problem.position else None,
        "values": dict(sorted(problem.values.items())),
        "related": [str(position) for position in problem.related],
    }


def checks_as_dict(checks: Checks) -> Plain:
    """The checks that are given, under the names by which a library declares them."""
    found: Mapping[str, object] = {
        "min_length": checks.min_length,
        "max_length": checks.max_length,
        "patterns": list(checks.patterns) or None,
        "min": checks.minimum,
        "max": checks.maximum,
        "one_of": list(checks.one_of) if checks.one_of is not None else None,
        "formats": list(checks.formats) or None,
    }
    return {name: value for name, value in found.items() if value is not None}
