"""`qipan receipt`, `qipan copy`, `qipan verify`, `qipan erase`."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from django.db import transaction
from django.utils import timezone

from qipan.core import canonical
from qipan.faces.cli.options import EXIT_PROBLEMS, language_option
from qipan.faces.cli.trail.certificates import is_certificate, verify_certificate
from qipan.faces.trail import qipan_verify
from qipan.faces.trail.qipan_verify import Checker, Finding, Key, Unreadable
from qipan.ledger import copies, operations, queries, receipts
from qipan.ledger.receipts import NotSealed
from qipan.site.setup import is_installed_here, set_up

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NOT_SEALED = ("没有这条存证，或还没有封存（不到一秒）。", "There is no such entry, or it is not sealed yet (that takes less than a second).")  # fmt: skip
OWN_KEYS = (
    "注意：没有给 --keys，用的是数据库自己的公钥；改得了数据库的人也改得了它。",
    "Note: without --keys, the database's own keys are trusted; whoever can change the one can change the other.",
)
NOT_WITNESSED = ("注意：没有给 --against，看不出整条轨迹是否被改写后重新签名。", "Note: without --against, a trail that was rewritten and signed anew as a whole is not found.")  # fmt: skip
WAITING = (
    "{count} 条记录一直没有封存，最早的写于 {oldest}：封存进程没有运行、被未结束的事务挡住，或有人塞进了永不封存的记录。",
    "{count} entries stay unsealed, the oldest of {oldest}: the sealer does not run, an open transaction holds it up, or somebody put in what is never sealed.",
)
WAIT = timedelta(minutes=5)
SAME_FORM = ("{form} 就是那时提交的表单，一字不差。", "{form} is the form that was sent then, to the letter.")
ANOTHER_FORM = (
    "{form} 不是这张回执里提交的表单：摘要不同，或这不是提交的回执。",
    "{form} is not the form of this receipt: its digest is another, or this is no receipt of a submission.",
)
CANNOT_READ = (
    "读不懂：不是证照，也不是完整的存证回执、副本或公钥（{file}）。",
    "Cannot be read: this is no certificate, and no complete receipt, copy or list of keys ({file}).",
)
NO_INSTALLATION = (
    "本机没有安装 Qipan 的数据库，请用 --keys 给出您信任的公钥；它在 /trail/keys。",
    "There is no installation of Qipan here: name the keys that you trust with --keys; /trail/keys gives them.",
)
OWN_TRAIL = ("本机的存证", "this installation's own trail")
NOT_ERASED = ("其中有一条不存在，或细节已被清除；一条都没有清除。", "One of these is not there, or was erased before; none was erased.")  # fmt: skip


@click.command()
@click.argument("entry", type=int)
@language_option
def receipt(entry: int, language: str) -> None:
    """Print the receipt of an ENTRY of the trail, by its number 存证回执."""
    set_up()
    try:
        click.echo(json.dumps(receipts.receipt(entry), ensure_ascii=False, indent=1))
    except NotSealed:
        raise click.ClickException(NOT_SEALED[language == "en"]) from None


@click.command(name="copy")
@click.option(
    "--from", "start", type=click.IntRange(min=0), default=0, show_default=True, help="The first leaf."
)
@click.option(
    "--to",
    "end",
    type=click.IntRange(min=0),
    help="The leaf after the last; to the newest head, if not given.",
)
@language_option
def copy_command(start: int, end: int | None, language: str) -> None:
    """Print the trail or a range of it, so that it can be checked elsewhere 导出存证."""
    set_up()
    try:
        for line in copies.copy(start, end):
            click.echo(json.dumps(line, ensure_ascii=False))
    except NotSealed:
        raise click.ClickException(NOT_SEALED[language == "en"]) from None


@click.command()
@click.argument("file", type=FILE, required=False)
@click.option(
    "--keys", type=FILE, help="The keys that you trust, one a line: the trail's own, and witnesses'."
)
@click.option(
    "--against", type=FILE, multiple=True, help="Heads that a witness signed: its memory.signed.jsonl."
)
@click.option(
    "--from", "start", type=click.IntRange(min=0), default=0, show_default=True, help="The first leaf."
)
@click.option(
    "--to",
    "end",
    type=click.IntRange(min=0),
    help="The leaf after the last; to the newest head, if not given.",
)
@click.option(
    "--witnesses", type=click.IntRange(min=0), default=0, help="How many must have signed a receipt."
)
@click.option(
    "--trust", type=FILE, help="The issuers of certificates that you trust: the file of /verify/issuers."
)
@click.option(
    "--status", type=FILE, multiple=True, help="Signed lists of which certificates hold, fetched before."
)
@click.option("--form", type=FILE, help="With the receipt of a submission: the form that was sent.")
@language_option
def verify(
    *,
    file: Path | None,
    form: Path | None,
    keys: Path | None,
    against: tuple[Path, ...],
    start: int,
    end: int | None,
    witnesses: int,
    trust: Path | None,
    status: tuple[Path, ...],
    language: str,
) -> None:
    """Check a certificate, a receipt or a copy in FILE, or this installation's own trail 核验证照与存证."""
    if file is not None and is_certificate(file):
        verify_certificate(file, trust, status, language)
        return
    english = language == "en"
    try:
        found, good = _checked(
            file, keys, against=against, span=(start, end), witnesses=witnesses, language=language
        )
        wrong = file is None and _waits(language)
        for finding in found:
            wrong = True
            click.echo(finding.text(language))
    except NotSealed:
        raise click.ClickException(NOT_SEALED[english]) from None
    except (Unreadable, ValueError, KeyError, TypeError, AttributeError, StopIteration):
        raise click.ClickException(CANNOT_READ[english].format(file=file or OWN_TRAIL[english])) from None
    if form is not None and not _is_form_of(file, form):
        wrong = True
        click.echo(ANOTHER_FORM[english].format(form=form))
    if wrong:
        raise SystemExit(EXIT_PROBLEMS)
    click.echo(good.text(language))
    if form is not None:
        click.echo(SAME_FORM[english].format(form=form))


def _checked(
    file: Path | None,
    keys: Path | None,
    *,
    against: tuple[Path, ...],
    span: tuple[int, int | None],
    witnesses: int,
    language: str,
) -> tuple[Iterator[Finding], Finding]:
    """What is wrong with a receipt, a copy or the own trail, as it is found, and what there is to say where nothing is."""
    receipt = json.loads(file.read_text(encoding="utf-8")) if file is not None and _is_receipt(file) else None
    trusted = _trusted(keys, file, language)
    if receipt is not None:
        wrong = qipan_verify.check_receipt(receipt, trusted, witnesses)
        return iter(wrong), qipan_verify.good_receipt(receipt, trusted)
    _note(NOT_WITNESSED, language, shown=not against)
    known = (qipan_verify.read_anchors(path.read_text(encoding="utf-8"), trusted) for path in against)
    lines = _own(*span) if file is None else qipan_verify.read_lines(file)
    checker = Checker(next(lines), trusted, [one for anchors in known for one in anchors])
    return checker.findings(lines), checker.good()


@click.command()
def thin() -> None:
    """Thin heads older than thirty days to one an hour; those that witnesses signed stay 精简旧存证点."""
    set_up()
    with transaction.atomic():
        click.echo(operations.thin_heads())


@click.command()
@click.argument("entries", type=int, nargs=-1, required=True)
@click.option("--reason", required=True, help="Why, for the trail: a request, a court's order.")
@language_option
def erase(entries: tuple[int, ...], reason: str, language: str) -> None:
    """Erase the details of ENTRIES for good; that they were done stays, and stays provable 清除存证细节."""
    set_up()
    try:
        with transaction.atomic():
            operations.erase_details(
                entries=entries, actor_kind="system", actor=None, reason=reason, at=timezone.now()
            )
    except operations.UnableToErase:
        raise click.ClickException(NOT_ERASED[language == "en"]) from None


def _trusted(keys: Path | None, file: Path | None, language: str) -> list[Key]:
    if keys is not None:
        if file is None:
            set_up()
        return qipan_verify.read_keys(keys.read_text(encoding="utf-8"))
    if not is_installed_here():
        raise click.ClickException(NO_INSTALLATION[language == "en"])
    set_up()
    _note(OWN_KEYS, language, shown=True)
    return qipan_verify.read_keys("\n".join(queries.verifier_keys()))


def _note(words: tuple[str, str], language: str, *, shown: bool) -> None:
    if shown:
        click.echo(words[language == "en"], err=True)


def _waits(language: str) -> bool:
    """Say so where entries stay unsealed: the sealer stands still, or somebody put in what it never comes to."""
    now = queries.sealing()
    late = now.oldest is not None and timezone.now() - now.oldest > WAIT
    if late:
        click.echo(WAITING[language == "en"].format(count=now.waiting, oldest=now.oldest))
    return late


def _is_receipt(file: Path) -> bool:
    with file.open(encoding="utf-8") as opened:
        return "qipan-receipt" in opened.read(200)


def _is_form_of(receipt: Path | None, form: Path) -> bool:
    """Whether the act of a receipt was to send this form: its details keep the form's SM3."""
    if receipt is None or not _is_receipt(receipt):
        return False
    details = json.loads(receipt.read_text(encoding="utf-8"))["entry"].get("details") or {}
    return bool(details.get("form") == canonical.digest(form.read_bytes()).hex())


def _own(start: int, end: int | None) -> Iterator[dict[str, Any]]:
    """This installation's trail, as a copy of it would be read."""
    for line in copies.copy(start, end):
        yield json.loads(json.dumps(line))
