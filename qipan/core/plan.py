"""The plan: what the planner derives for one life event and one person's facts (办理方案).

A plan is a pure function of its input and compares equal, and serialises byte for byte equal, for equal input.
Everything in it is data; the faces word it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from qipan.core.declarations import MeetKind, Position
from qipan.core.elements import Checks, Field, Value


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is in the plan: a code, and what it speaks of.

    Codes: ``needed`` (by services) · ``decides`` (a condition turns on it) · ``key`` (a look-up needs it) ·
    ``no-source`` (nobody supplies it) · ``source-down`` (who would supply it does not answer) ·
    ``no-record`` (the source answered, but does not have it) · ``no-grant`` · ``withheld`` (not shared by law) ·
    ``key-unknown`` (a source exists, but its key is not known) · ``waits`` (for an output of another service) ·
    ``looks-up`` (waits for look-ups) · ``applies`` (its condition holds) · ``refused`` (it, or what it waits for, was refused) ·
    ``not-given`` (services that could give it do not, this time) · ``not-held`` (it stands on a certificate that is not held, named in place of
    the resources) · ``skipped`` (an optional service left out) · ``absent`` (the party takes no part) · ``false`` (its condition does not hold) ·
    ``undecided`` (its condition is not settled yet).
    """

    code: str
    services: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A field to ask the person, under the intersection of all its checks.

    ``decides`` is true where a condition turns on the answer: ask it first, for it may spare other questions.
    """

    field: Field
    element: str
    checks: Checks
    burden: int
    needed_by: tuple[str, ...]
    decides: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Fetch:
    """One look-up: ``resource`` over ``parties`` (resource party → event party), run at ``stage`` (from 1).

    ``keys`` and ``facts`` are paired tuples of the event's fields and the resource's own, in the resource's order;
    ``facts`` holds only what the plan uses. ``upfront`` is true when its keys come from the signed-in identity,
    certificates and other upfront look-ups alone, so that it can run before the form is shown.
    """

    name: str
    resource: str
    parties: tuple[tuple[str, str], ...]
    keys: tuple[tuple[Field, Field], ...]
    facts: tuple[tuple[Field, Field], ...]
    stage: int
    upfront: bool
    days: int
    needed_by: tuple[str, ...]
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedService:
    """A service in the plan; it can start when the fetches and services it ``waits_for`` are done.

    ``starts_after`` and ``ends_after`` are (promised, statutory) working days from submission.
    """

    service: str
    agency: str
    stage: int
    parties: tuple[tuple[str, str], ...]
    needs: tuple[Field, ...]
    gives: tuple[Field, ...]
    waits_for: tuple[str, ...]
    fetches: tuple[str, ...]
    optional: bool
    starts_after: tuple[int, int]
    ends_after: tuple[int, int]
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Derivation:
    """Where a field comes from: ``kind`` is known, answer, certificate, resource or service; ``via`` names it.

    ``via`` of a resource is the name of the fetch; ``service`` names who issues a certificate within the event.
    """

    field: Field
    kind: str
    via: str
    inputs: tuple[Field, ...]
    stage: int
    service: str = ""


@dataclass(frozen=True, slots=True)
class RequiredEvidence:
    """A document and how the plan meets it; ``met_by`` UPLOAD means that the person must send it.

    ``via`` names the certificate, or the facts; for an upload, documents with the same ``via`` are one and the same paper.
    """

    service: str
    evidence: str
    met_by: MeetKind
    via: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """What can run at once; stages count from 1 and may be mixed of look-ups and services."""

    number: int
    fetches: tuple[str, ...]
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Saving:
    """A measure agency by agency, and under the plan.

    ``after`` may be the greater: a look-up that takes days may take longer than carrying the paper from desk to desk.
    """

    before: int
    after: int

    @property
    def saved(self) -> int:
        """What the plan saves; negative where it costs more."""
        return self.before - self.after


@dataclass(frozen=True, slots=True)
class Left:
    """A service, need or document left out of the plan (or not settled yet), and why.

    ``what`` is "service", "need" (of ``field``) or "document" (``name`` in the service's evidence).
    """

    what: str
    service: str
    field: Field | None
    reason: Reason
    settled: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What a declaration gets wrong; ``values`` fill the face's sentence for ``code``. Severity: error or warning."""

    code: str
    severity: str
    position: Position | None
    values: Mapping[str, object] = field(default_factory=dict)
    related: tuple[Position, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask, where each fact comes from, when each step runs, what it saves, and why.

    ``critical_path`` names fetches and services on the longest path by promised working days.
    ``open`` conditions are those not settled yet: answers to the ``decides`` questions (or fetches) settle them.
    """

    event: str
    version: str
    questions: tuple[Question, ...]
    fetches: tuple[Fetch, ...]
    services: tuple[PlannedService, ...]
    stages: tuple[Stage, ...]
    evidence: tuple[RequiredEvidence, ...]
    derivations: tuple[Derivation, ...]
    savings: Mapping[str, Saving]
    critical_path: tuple[str, ...]
    left: tuple[Left, ...]
    problems: tuple[Problem, ...]
    assumed: tuple[tuple[Field, Value], ...] = ()
