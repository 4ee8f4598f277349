"""What can be said of a certificate that somebody shows, in plain words; for pages, the API and the command line alike."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings

from qipan.certificates.checking import NOTES, Finding, Verdict
from qipan.core.declarations import Library
from qipan.core.elements import Element, Field, element_name
from qipan.core.status_lists import Status
from qipan.faces.look.places import place_name

Pair = tuple[str, str]
CHINA = ZoneInfo("Asia/Shanghai")
TYPE = "urn:qipan:certificate:"
KINDS: Final[Mapping[str, Pair]] = {
    "data": ("数据证照", "a certificate as data"),
    "pdf": ("PDF 证照", "a certificate as PDF"),
    "ofd": ("OFD 证照", "a certificate as OFD"),
    "copy": ("证照加注件", "an annotated copy of a certificate"),
}
HEADS: Final[Mapping[str, tuple[str, Pair, Pair]]] = {
    "good": ("good", ("真实有效", "Genuine and in force"), ("它与发证时一模一样，今天仍然有效。", "It is just as it was issued, and it is in force today.")),
    "unasked": ("good", ("真实，与发证时一模一样", "Genuine, just as it was issued"), ("是否已被撤销，这里查不到：离线核验没有状态清单。", "Whether it was revoked since cannot be told here: offline, there is no status list.")),
    "unreached": ("warn", ("由名单上的机关签发，但是否仍然有效，现在问不到", "Issued by a known issuer; whether it still holds could not be asked"), ("内容与签发时一模一样。签发它的节点没有答复，请过一会儿再核验，或请持证人另行证明。", "It is just as it was issued. The node that issued it does not answer: check again in a while, or ask its holder for other proof.")),
    "not-held": ("warn", ("是真的，但现在不能用", "Genuine, but not in force"), ("不要凭它办事，原因见下。", "Do not rely on it; the reason stands below.")),
    "unknown": ("warn", ("发证机关不在名单里，无法判断", "The issuer is unknown here"), ("名单里没有它的发证机关，所以不能说它是真是假。", "Its issuer is not on the list, so nothing can be said of whether it is genuine.")),
    "changed": ("bad", ("被改动过，不可信", "It was changed: do not rely on it"), ("它与发证机关签发的不一样，改动之处见下。", "It is not what the issuer signed; what was changed stands below.")),
    "false": ("bad", ("不可信", "Do not rely on it"), ("原因见下。", "The reason stands below.")),
    "unreadable": ("bad", ("这不是能核验的证照", "This is no certificate that can be checked"), ("请交来原文件：PDF、OFD 或数据文件，不要截图、转换或重新打印。", "Please give the file itself, PDF, OFD or data: no picture, and nothing that was converted or printed anew.")),
}  # fmt: skip
PARTS: Final[Mapping[str, Pair]] = {
    "page": ("版面内容", "the page"),
    "data": ("附在里面的数据", "the data inside"),
    "seal-picture": ("印章图样", "the picture of the seal"),
    "seal-time": ("盖章时间或盖章内容", "the time of the seal, or what it seals"),
    "seal": ("印章的签名", "the signature of the seal"),
    "description": ("文档说明（标题、编号）", "the document's description (title, number)"),
    "part": ("其中的文件 {name}", "the file {name} in it"),
    "added": ("盖章以后加进来的内容 {name}", "something that was added after the seal {name}"),
    "container": ("文件的外壳（里面的内容没有变）", "the wrapping of the file (what is in it is as it was)"),
    "fact": ("“{name}”这一项", "the fact “{name}”"),
    "statement": ("签发的内容", "what was signed"),
}  # fmt: skip
SENTENCES: Final[Mapping[str, Pair]] = {
    "unreadable": ("文件读不懂，或里面没有签名。", "The file cannot be read, or holds no signature."),
    "unknown-issuer": ("信任名单里没有签发它的密钥。它可能来自别的地方，也可能是伪造的。", "The key that signed it is on no list of issuers that is trusted here. It may be from elsewhere, or forged."),
    "changed": ("被改动：{part}。", "Changed: {part}."),
    "seal-unknown": ("印章 {name} 不在印章名录里。", "The seal {name} is not in the catalogue of seals."),
    "seal-suspended": ("印章 {name} 已停用。", "The seal {name} is suspended."),
    "seal-not-then": ("盖章时印章 {name} 还没有启用，或已经销毁、过期。", "When it was used, the seal {name} was not in use yet, was destroyed, or had expired."),
    "key-not-then": ("签发时这把密钥还没有启用，或已经停用。", "When it was signed, this key was not in use yet, or no longer."),
    "key-compromised": ("签发它的密钥已经泄露，凡用它签的都不可信，请持证人申请换发。", "The key that signed it got into other hands; nothing it signed can be relied upon. The holder can have it issued anew."),
    "revoked": ("已被撤销{since}{reason}", "It was revoked{since}{reason}"),
    "suspended": ("暂停使用{since}{reason}", "It is suspended{since}{reason}"),
    "replaced": ("已换发新证，这一张作废{since}{reason}", "It was replaced by a new one{since}{reason}"),
    "expired": ("已过有效期。", "It has expired."),
    "not-yet": ("还没有到生效的日子。", "It is not in force yet."),
    "copy-ended": ("这份加注件已经到期，不能再用。", "This annotated copy has ended; it can be used no more."),
    "copy-withdrawn": ("持证人已经收回这份加注件，不能再用。", "Its holder took this annotated copy back; it can be used no more."),
    "copy-unasked": ("没有查询持证人是否已经收回这份加注件。", "Whether its holder took this annotated copy back was not looked up."),
    "status-unreachable": ("发证节点现在没有答复，是否已被撤销问不到。", "The node that issued it does not answer now; whether it was revoked could not be asked."),
    "status-unknown": ("没有查询是否已被撤销。", "Whether it was revoked was not looked up."),
}  # fmt: skip


class Told(NamedTuple):
    """A verdict in words; ``tone`` good, warn or bad, ``facts`` and ``about`` pairs of title and value."""

    tone: str
    title: str
    lead: str
    findings: tuple[str, ...]
    about: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    withheld: int


def told(verdict: Verdict, library: Library | None, language: str) -> Told:
    """Put a verdict into words; with a library, facts have their titles, without one their names."""
    tone, title, lead = HEADS[_head(verdict)]
    facts = verdict.facts if verdict.genuine and verdict.facts else {}
    return Told(
        tone,
        _say(title, language),
        _say(lead, language),
        tuple(_sentence(one, verdict, library, language) for one in verdict.findings),
        tuple(_about(verdict, language)),
        tuple((_fact(name, verdict, library, language), _value(name, value, verdict, library, language)) for name, value in facts.items()),
        verdict.withheld,
    )  # fmt: skip


def _head(verdict: Verdict) -> str:
    if not verdict.readable:
        return "unreadable"
    codes = {one.code for one in verdict.findings}
    if "changed" in codes:
        return "changed"
    if "unknown-issuer" in codes:
        return "unknown"
    if not verdict.genuine:
        return "false"
    if codes - NOTES == {"status-unreachable"}:
        return "unreached"
    if not verdict.holds:
        return "not-held"
    return "unasked" if "status-unknown" in codes else "good"


def _sentence(one: Finding, verdict: Verdict, library: Library | None, language: str) -> str:
    name = _fact(one.name, verdict, library, language) if one.part == "fact" else one.name
    part = _say(PARTS[one.part], language).format(name=name).strip() if one.part in PARTS else ""
    since, reason = _since(verdict, language)
    return _say(SENTENCES[one.code], language).format(name=name, part=part, since=since, reason=reason)


def _since(verdict: Verdict, language: str) -> tuple[str, str]:
    standing, chinese = verdict.standing, language.startswith("zh")
    if standing is None or standing.status is Status.VALID:
        return ("", "。" if chinese else ".")
    since = (
        (f"（{_moment(standing.since)}）" if chinese else f" ({_moment(standing.since)})")
        if standing.since
        else ""
    )
    if not standing.reason:
        return (since, "。" if chinese else ".")
    return (since, f"：{standing.reason}" if chinese else f": {standing.reason}")


def _about(verdict: Verdict, language: str) -> list[tuple[str, str]]:
    claims: Mapping[str, Any] = verdict.claims or {}
    title = claims.get("title")
    found = []
    if isinstance(title, dict):
        zh, en = str(title.get("zh", "")), str(title.get("en", ""))
        found.append(
            (_say(("证照", "Certificate"), language), zh if language.startswith("zh") or not en else en)
        )
    if verdict.issuer is not None:
        zh, en = verdict.issuer.title_zh, verdict.issuer.title_en
        found.append(
            (_say(("发证机关", "Issued by"), language), zh if language.startswith("zh") or not en else en)
        )
    if verdict.issuer is not None and settings.QIPAN_NODE not in {"", verdict.node}:
        found.append((_say(("登记在", "On the list of"), language), _node(verdict.node, language)))
    if claims.get("number"):
        found.append((_say(("证照标识", "Number"), language), str(claims["number"])))
    for name, words in (("iat", ("签发时间", "Issued on")), ("exp", ("有效期止", "In force until"))):
        value = claims.get(name)
        if isinstance(value, int) and 0 < value < 253_402_300_799:  # noqa: PLR2004 -- the end of the year 9999
            shown = datetime.fromtimestamp(value - (name == "exp"), UTC)
            found.append(
                (
                    _say(words, language),
                    _moment(shown) if name == "iat" else f"{shown.astimezone(CHINA):%Y-%m-%d}",
                )
            )
    if verdict.sealed_at is not None:
        found.append((_say(("盖章时间", "Sealed on"), language), _moment(verdict.sealed_at)))
    found += _terms(verdict, language)
    if claims.get("sample"):
        found.append(
            (
                _say(("说明", "Note"), language),
                _say(
                    ("演示系统签发，不具法律效力", "Issued by a demonstration, of no legal force"), language
                ),
            )
        )
    return found


def _terms(verdict: Verdict, language: str) -> list[tuple[str, str]]:
    """For whom, for what and until when an annotated copy is; nothing of one that is not genuine."""
    terms = verdict.terms
    if terms is None or not verdict.genuine:
        return []
    said = (
        (("只给谁", "Only for"), terms.receiver),
        (("只用于", "Only to be used for"), terms.use),
        (("到何时", "Until"), _moment(terms.until)),
        (("谁出示", "Shown by"), terms.holder),
    )
    return [(_say(title, language), value) for title, value in said]


def _node(name: str, language: str) -> str:
    return f"节点 {name}" if language.startswith("zh") else f"node {name}"


def _element(name: str, verdict: Verdict, library: Library | None) -> tuple[Field, Element] | None:
    """The field and the element of a fact, as the library's kind of this certificate has them."""
    kind = str((verdict.claims or {}).get("vct", "")).removeprefix(TYPE)
    if library is None or kind not in library.certificates:
        return None
    try:
        field = Field.parse(name)
    except ValueError:
        return None
    slot = library.certificates[kind].parties.get(field.party)
    element = library.elements.get(element_name(slot.kind, field.word)) if slot else None
    return (field, element) if element else None


def _fact(name: str, verdict: Verdict, library: Library | None, language: str) -> str:
    found = _element(name, verdict, library)
    if found is None or library is None:
        return name
    field, element = found
    kind = library.certificates[str((verdict.claims or {})["vct"]).removeprefix(TYPE)]
    title, party = element.title.say(language), kind.parties[field.party].title
    if len(kind.parties) == 1 or party is None or title.startswith(party.say(language)):
        return title
    return (
        f"{party.say(language)}{title}" if language.startswith("zh") else f"{title} ({party.say(language)})"
    )


def _value(name: str, value: Any, verdict: Verdict, library: Library | None, language: str) -> str:
    found = _element(name, verdict, library)
    if isinstance(value, bool):
        return _say(("是", "yes") if value else ("否", "no"), language)
    codes = library.codes.get(found[1].codes or "") if found and library else None
    if codes and str(value) in codes.values:
        return codes.values[str(value)].say(language)
    if found and "region" in found[1].checks.formats:
        return place_name(str(value))
    return str(value)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"


def _say(pair: Pair, language: str) -> str:
    return pair[0] if language.startswith("zh") else pair[1]
