"""`qipan witness`: sees that somebody's trail only grows, and signs that it saw it."""

import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import click

from qipan.adapters.http_trail import HttpTrail, Unreachable
from qipan.adapters.seals import PrivateKey, Suite
from qipan.adapters.seals.key_files import read_or_make
from qipan.core import notes
from qipan.core.notes import VerifierKey
from qipan.faces.cli.options import EXIT_PROBLEMS, language_option
from qipan.ledger import witnessing
from qipan.ledger.witnessing import Forked, Memory, NotTheirHead, RefusedToCosign, RolledBack

SAID: dict[type[RefusedToCosign], tuple[str, str]] = {
    NotTheirHead: ("拒签：存证点的签名不是这条轨迹的。", "Refused: the checkpoint is not signed by the keys of this trail."),
    RolledBack: ("拒签：轨迹比见证过的短，有存证被撤走。", "Refused: the trail is shorter than what was witnessed; entries were taken away."),
    Forked: ("拒签：轨迹与见证过的不一致，历史被改写。", "Refused: the trail does not begin with what was witnessed; its past was rewritten."),
}  # fmt: skip
SIGNED = ("已见证 {origin}：{size} 条", "witnessed {origin}: {size} leaves")
KNOWN = ("第一次见这条轨迹，记下它的公钥：", "This trail is new here; its keys are kept from now on:")
AWAY = ("连不上：{why}", "No answer: {why}")
TAKEN = ("另有进程在用 {path}。", "Another process uses {path}.")


@click.command()
@click.argument("address", required=False)
@click.option(
    "--name", default="witness.local", show_default=True, help="The witness's name; the trail must know it."
)
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".qipan-witness"),
    show_default=True,
    help="Where its key and its memory are kept; nobody else's business.",
)
@click.option(
    "--trust",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The trail's keys, got by another way than from the trail.",
)
@click.option(
    "--every",
    type=click.FloatRange(min=0.1),
    default=5.0,
    show_default=True,
    help="Seconds between two looks.",
)
@click.option("--once", is_flag=True, help="Look once; the exit status says whether all was well.")
@language_option
def witness(
    *, address: str | None, name: str, home: Path, trust: Path | None, every: float, once: bool, language: str
) -> None:
    """Be a witness of the trail at ADDRESS, such as https://host/trail 见证一条轨迹.

    Without ADDRESS, print the line by which a trail knows this witness (QIPAN_WITNESSES).
    """
    key = read_or_make(home / "witness.pem", Suite.ED25519)
    if address is None:
        click.echo(notes.format_key(VerifierKey(name, notes.COSIGNATURE, key.public.raw)))
        return
    memory_file = home / "memory.json"
    try:
        with witnessing.alone(memory_file):
            _Watch(address, name, key, Memory(memory_file), language).run(trust, None if once else every)
    except BlockingIOError:
        raise click.ClickException(_said(TAKEN, language, path=memory_file)) from None


class _Watch:
    """One witness of one trail."""

    def __init__(self, address: str, name: str, key: PrivateKey, memory: Memory, language: str) -> None:
        self.trail, self.name, self.key, self.memory, self.language = (
            HttpTrail(address), name, key, memory, language,
        )  # fmt: skip
        self.ending = False

    def run(self, trust: Path | None, every: float | None) -> None:
        """Look until told to stop, or once."""
        if every is not None:
            signal.signal(signal.SIGTERM, self._end)
            signal.signal(signal.SIGINT, self._end)
        while not self.ending:
            well = self._tried(lambda: self._look(trust))
            if every is None:
                raise SystemExit(0 if well else EXIT_PROBLEMS)
            self._pause(every)

    def _look(self, trust: Path | None) -> None:
        if not self.memory.keys:
            text = trust.read_text(encoding="utf-8") if trust else self.trail.keys()
            self.memory.know([line for line in text.splitlines() if line.strip() and line[0] != "#"])
            click.echo(_said(KNOWN, self.language) + "\n" + "\n".join(self.memory.keys))
        now = int(time.time())
        for one in witnessing.witness_once(self.trail, self.key, self.name, self.memory, now):
            click.echo(_said(SIGNED, self.language, origin=one.origin, size=one.size))

    def _tried(self, act: Callable[[], None]) -> bool:
        try:
            act()
        except RefusedToCosign as error:
            click.echo(_said(SAID[type(error)], self.language), err=True)
        except Unreachable as error:
            click.echo(_said(AWAY, self.language, why=error), err=True)
        else:
            return True
        return False

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self.ending and time.monotonic() < end:
            time.sleep(min(0.2, seconds))

    def _end(self, _signal: int, _frame: FrameType | None) -> None:
        self.ending = True


def _said(words: tuple[str, str], language: str, **values: object) -> str:
    return words[language == "en"].format(**values)
