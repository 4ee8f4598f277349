"""A plan as steps that wait for each other: the form, the look-ups, the services."""

from typing import Final, NamedTuple

from qipan.core.plan import Fetch, Plan, PlannedService
from qipan.faces.look.titles import Titles

FORM: Final = "form"


class PlanStep(NamedTuple):
    """One step in words; ``kind`` is form, fetch or service, ``after`` names the steps it waits for."""

    key: str
    kind: str
    stage: int
    title: str
    notes: tuple[str, ...]
    after: tuple[str, ...]


def plan_steps(plan: Plan, titles: Titles) -> list[PlanStep]:
    """The steps in an order in which each comes after all that it waits for; what waits for nothing waits for the form."""
    makers = _makers(plan)
    steps = [_form(plan, titles)]
    steps += [_fetch(fetch, titles, makers) for fetch in plan.fetches]
    steps += [_service(service, titles) for service in plan.services]
    return sorted(steps, key=lambda step: step.stage)


def _makers(plan: Plan) -> dict[object, str]:
    """Which step brings each field about; certificates issued on the way come from their service."""
    return {
        each.field: each.service or each.via
        for each in plan.derivations
        if each.kind in {"resource", "service"} or each.service
    }


def _form(plan: Plan, titles: Titles) -> PlanStep:
    papers = {each.via for each in plan.evidence if each.met_by.value == "upload"}
    chinese = titles.chinese
    notes = [f"{len(plan.questions)} 个问题" if chinese else f"{len(plan.questions)} questions"]
    if papers:
        notes.append(f"{len(papers)} 份材料" if chinese else f"{len(papers)} documents")
    return PlanStep(FORM, FORM, 0, "一张表" if chinese else "One form", tuple(notes), ())


def _fetch(fetch: Fetch, titles: Titles, makers: dict[object, str]) -> PlanStep:
    after = dict.fromkeys(makers[key] for key, _ in fetch.keys if key in makers)
    about = titles.listed(dict.fromkeys(titles.party(party) for _, party in fetch.parties))
    note = f"查询 · {about}" if titles.chinese else f"looked up · {about}"
    return PlanStep(
        fetch.name, "fetch", fetch.stage, titles.resource(fetch.resource), (note,), tuple(after) or (FORM,)
    )


def _service(service: PlannedService, titles: Titles) -> PlanStep:
    after = (*service.waits_for, *service.fetches)
    notes = (titles.agency(service.agency), _days(service, titles))
    return PlanStep(
        service.service, "service", service.stage, titles.service(service.service), notes, after or (FORM,)
    )


def _days(service: PlannedService, titles: Titles) -> str:
    end = service.ends_after[0]
    if end == 0:
        return "当天办好" if titles.chinese else "done the same day"
    return f"第 {end} 个工作日办好" if titles.chinese else f"done by working day {end}"


def with_lookups_joined(steps: list[PlanStep], titles: Titles) -> list[PlanStep]:
    """The same steps with all look-ups of a stage as one, for narrow drawings."""
    joined = {step.key: f"fetch {step.stage}" for step in steps if step.kind == "fetch"}
    found: dict[str, PlanStep] = {}
    for step in steps:
        key = joined.get(step.key, step.key)
        after = tuple(dict.fromkeys(joined.get(one, one) for one in step.after))
        if key not in joined.values():
            found[key] = step._replace(after=after)
        elif key not in found:
            found[key] = PlanStep(key, "fetch", step.stage, "", (step.title,), after)
        else:
            both = found[key]
            after = tuple(dict.fromkeys((*both.after, *after)))
            found[key] = both._replace(notes=(*both.notes, step.title), after=after)
    return [_entitled(step, titles) if step.kind == "fetch" else step for step in found.values()]


def _entitled(step: PlanStep, titles: Titles) -> PlanStep:
    count = len(step.notes)
    title = f"自动查询 {count} 次" if titles.chinese else f"{count} look-ups" if count > 1 else "One look-up"
    return step._replace(title=title, notes=(titles.listed(step.notes, most=3),))
