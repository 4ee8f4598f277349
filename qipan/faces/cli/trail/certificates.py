"""`qipan verify` of a certificate: data form, PDF or OFD, with no network and, given a list of issuers, no database."""

from collections.abc import Sequence
from pathlib import Path

import click
from django.conf import settings
from django.utils import timezone

from qipan.catalogue.library import check_folder
from qipan.certificates import checking, published, queries
from qipan.certificates.checking import StandingOf, Trust
from qipan.certificates.published import NotAStatusList, NotATrustFile, StatusFile
from qipan.core.declarations import Library
from qipan.faces.cli.options import EXIT_PROBLEMS
from qipan.faces.look.verdict_words import KINDS, Told, told
from qipan.faces.look.verdicts import LARGEST, asked
from qipan.site.setup import is_installed_here, name_settings_without_home, set_up

BEGINNINGS = (b"%PDF-", b"PK", b"ey")
NO_TRUST = (
    "{file} 不是发证机关名单；它在 /verify/issuers。",
    "{file} is no list of issuers; /verify/issuers gives one.",
)
NO_STATUS = (
    "{file} 不是有效的状态清单，或已经过时。",
    "{file} is no valid list of what still holds, or too old.",
)
OWN_TRUST = (
    "注意：没有给 --trust，用的是本机数据库里的发证机关名单。",
    "Note: without --trust, the list of issuers in this installation's database is used.",
)
NO_INSTALLATION = (
    "本机没有安装 Qipan 的数据库，请用 --trust 给出发证机关名单；它在 /verify/issuers。",
    "There is no installation of Qipan here: name a list of issuers with --trust; /verify/issuers gives one.",
)
WITHHELD = ("持证人没有出示另外 {count} 项。", "The holder did not show {count} more.")
SHOWN = ("上面写的：", "It says:")


def is_certificate(file: Path) -> bool:
    """Whether a file begins as certificates do."""
    with file.open("rb") as opened:
        start = opened.read(5)
    return start.startswith(BEGINNINGS)


def verify_certificate(file: Path, trust: Path | None, statuses: Sequence[Path], language: str) -> None:
    """Say what a certificate is; leaves with 1 where it is not to be relied upon."""
    if trust is None and not is_installed_here():
        raise click.ClickException(NO_INSTALLATION[language == "en"])
    name_settings_without_home()
    at = timezone.now()
    believed = _believed(trust, language)
    standing = _standing(statuses, believed, language, own=trust is None)
    content = file.read_bytes()[: LARGEST + 1]
    verdict = checking.check(content if len(content) <= LARGEST else b"", believed, at, standing)
    if trust is None and not statuses:
        verdict = asked(verdict, believed)
    _print(told(verdict, _library(), language), KINDS[verdict.kind], language)
    if not verdict.holds:
        raise SystemExit(EXIT_PROBLEMS)


def _believed(trust: Path | None, language: str) -> Trust:
    if trust is None:
        set_up()
        click.echo(OWN_TRUST[language == "en"], err=True)
        return queries.trust()
    try:
        return published.read_trust(trust.read_text(encoding="utf-8"))
    except (NotATrustFile, UnicodeDecodeError):
        raise click.ClickException(NO_TRUST[language == "en"].format(file=trust)) from None


def _standing(statuses: Sequence[Path], trust: Trust, language: str, *, own: bool) -> StandingOf:
    if statuses:
        try:
            return StatusFile(
                [one.read_text(encoding="utf-8") for one in statuses], trust, timezone.now()
            ).standing
        except (NotAStatusList, UnicodeDecodeError):
            names = ", ".join(map(str, statuses))
            raise click.ClickException(NO_STATUS[language == "en"].format(file=names)) from None
    if own:
        return lambda claims: queries.standing(str(claims.get("number", "")))
    return checking.nobody_asked


def _library() -> Library | None:
    """The library for its words: what facts and codes are called."""
    return check_folder(settings.QIPAN_LIBRARY, timezone.localdate()).library


def _print(said: Told, kind: tuple[str, str], language: str) -> None:
    english = language == "en"
    click.echo(f"{said.title} ({kind[1]})" if english else f"{said.title}（{kind[0]}）")
    click.echo(said.lead)
    for sentence in said.findings:
        click.echo(f"  - {sentence}")
    for title, value in said.about:
        click.echo(f"  {title}: {value}" if english else f"  {title}：{value}")
    if said.facts:
        click.echo(SHOWN[english])
    for title, value in said.facts:
        click.echo(f"  {title}: {value}" if english else f"  {title}：{value}")
    if said.withheld:
        click.echo(WITHHELD[english].format(count=said.withheld))
