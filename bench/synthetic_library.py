"""A library of any size, written as the YAML files that a province would keep: ``python -m bench.synthetic_library DIR SERVICES``.

Deterministic, and clean under ``qipan lint``. Services come in blocks of ten that make up a life event: they share what their forms
ask, later ones need outcomes of earlier ones, and each is about as long as a real implementation list (1.5 kB). The last event,
``grand``, joins fifty services, as no real one does yet.
"""

import random
import sys
from pathlib import Path

BLOCK = 10
FAMILIES = 100  # blocks repeat their outcomes' elements after so many
FACTS = 400
SUPPLIED = 3  # of every ten facts
WINDOW, SHIFT = 24, 7  # a block's forms ask from so many facts; the next block's begin so many later
GRAND = 50

_AGENCIES = (
    "public_security",
    "health",
    "medical_insurance",
    "human_resources",
    "civil_affairs",
    "housing",
    "taxation",
    "education",
)
_LEVELS = ("province", "city", "county", "township")
_TYPES = ("licence", "confirmation", "payment", "reward", "filing", "public_service")


def write_library(folder: Path, services: int) -> None:
    """Write a library with so many services; they are rounded up to whole blocks."""
    blocks = -(-services // BLOCK)
    facts = min(FACTS, (blocks - 1) * SHIFT + WINDOW)
    files = {
        "elements/common.yaml": _common(facts, min(FAMILIES, blocks)),
        "agencies.yaml": _agencies(),
        "resources.yaml": _resources(facts),
    }
    for block in range(blocks):
        files[f"services/block_{block:05}.yaml"] = _block(block)
    files["events/grand.yaml"] = _grand(min(GRAND, blocks * BLOCK))
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("schema: 1\n" + text, encoding="utf-8")


def _common(facts: int, families: int) -> str:
    lines = ["elements:"]
    lines += [
        f"  Person.known_{n}: {{title: {{zh: 身份信息{n}, en: Identity fact {n}}}, burden: 3}}"
        for n in range(3)
    ]
    for n in range(facts):
        checks = ("{max_length: 50}", "{min_length: 2, max_length: 30}", "{pattern: '[0-9A-Z]{6,18}'}")[n % 3]
        lines += [
            f"  Person.fact_{n}:",
            f"    title: {{zh: 数据元{n}, en: Fact {n}}}",
            f"    checks: {checks}",
            f"    grade: {1 + n % 4}",
            f"    burden: {1 + n % 7}",
        ]
    lines.append("  Person.circumstance: {title: {zh: 情形, en: Circumstance}, type: boolean, burden: 1}")
    for family in range(families):
        for place in range(BLOCK):
            name = f"Person.outcome_{family}_{place}"
            lines.append(
                f"  {name}: {{title: {{zh: 结果{family}之{place}, en: Outcome {family}/{place}}}, ask: false}}"
            )
    return "\n".join(lines) + "\n"


def _agencies() -> str:
    levels = ", ".join(_LEVELS)
    return "agencies:\n" + "".join(
        f"  {name}: {{title: {{zh: 部门{n}, en: Agency {n}}}, levels: [{levels}]}}\n"
        for n, name in enumerate(_AGENCIES)
    )


def _resources(facts: int) -> str:
    """Some facts are supplied by an authority that is asked by who one is."""
    return "resources:\n" + "".join(
        f"""  register_{n}:
    title: {{zh: 登记信息{n}, en: Register {n}}}
    agency: {_AGENCIES[n % len(_AGENCIES)]}
    parties: {{a: Person}}
    keys: [a.known_{n % 3}]
    gives: [a.fact_{n}]
    record_of: [Person.fact_{n}]
    update_cycle: daily
    legal_basis: [政务数据共享条例 第十五条]
"""
        for n in range(facts)
        if n % 10 < SUPPLIED
    )


def _block(block: int) -> str:
    parts = ["services:\n", *(_service(block, place) for place in range(BLOCK)), _event(block)]
    return "".join(parts)


def _service(block: int, place: int) -> str:
    chance = random.Random(block * BLOCK + place)
    family, number = block % FAMILIES, block * BLOCK + place
    own = [(block * SHIFT + further) % FACTS for further in range(WINDOW)]
    facts = sorted(chance.sample(own, 9))
    earlier = chance.sample(range(place), min(place, 1 + (place > 5)))
    needs = "".join(f"      - person.outcome_{family}_{which}\n" for which in sorted(earlier))
    needs += "".join(f"      - person.fact_{fact}\n" for fact in facts[:-2])
    return f"""  service_{number}:
    title: {{zh: 第{number}号政务服务事项办理, en: Public service number {number}}}
    code: "33{number:010}"
    type: {_TYPES[number % len(_TYPES)]}
    agency: {_AGENCIES[number % len(_AGENCIES)]}
    level: {_LEVELS[number % len(_LEVELS)]}
    parties:
      person: Person
    needs:
      - person.known_0
      - person.known_1
{needs}      - field: person.fact_{facts[-2]}
        checks: {{min_length: 2}}
      - field: person.fact_{facts[-1]}
        when: person.circumstance == true
    evidence:
      proof:
        title: {{zh: 第{number}号事项证明材料, en: Proof for number {number}}}
        met_by:
          - facts: [person.fact_{facts[0]}]
          - upload
      form:
        title: {{zh: 申请表, en: Application form}}
        met_by: [upload]
    gives:
      - field: person.outcome_{family}_{place}
        assign: {{number: "33{{date}}{{serial:8}}"}}
    limits: {{statutory: {10 + number % 20}, promised: {1 + number % 5}}}
    visits: {{alone: {1 + number % 2}, joined: 0}}
    fees: []
    legal_basis:
      - 中华人民共和国行政许可法 第三十四条
      - 浙江省政务服务条例 第十二条
    conditions:
      - {{zh: 申请人为本省居民且材料齐全, en: The applicant lives in the province and the papers are complete}}
    results:
      - {{zh: 办理结果通知书, en: Notice of the result}}
    channels: [online, window]
    consult: "12345"
    complain: "12345"
"""


def _event(block: int) -> str:
    return _event_of(f"event_{block}", f"一件事{block}", range(block * BLOCK, (block + 1) * BLOCK))


def _grand(count: int) -> str:
    return _event_of("grand", "五十事项一件事", range(count))


def _event_of(name: str, title: str, services: range) -> str:
    uses = "".join(f"      - service_{number}\n" for number in services)
    return f"""events:
  {name}:
    title: {{zh: {title}, en: Life event {name}}}
    parties:
      person: {{kind: Person, applicant: true}}
    known: [person.known_0, person.known_1]
    services:
{uses}    situations:
      circumstance:
        title: {{zh: 属于特殊情形, en: The circumstance applies}}
        when: person.circumstance == true
    typical:
      person.circumstance: false
"""


if __name__ == "__main__":
    write_library(Path(sys.argv[1]), int(sys.argv[2]))
