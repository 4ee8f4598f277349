"""Settings: each is documented, and a wrong one stops the start with a sentence."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import qipan
from qipan.site import secret_key
from qipan.site.environment import WrongSetting, flag, hourly_limits, text, whole_number

ROOT = Path(qipan.__file__).parent
PAGE = ROOT.parent / "docs" / "handbook" / "settings.md"
# A command speaks the language of its terminal (LANG and its kin); one that runs several nodes gives each an environment.
TERMINAL = {"faces/cli/options.py", "faces/cli/run/three_nodes.py"}
READERS = {"flag", "numbers_of_days", "text", "whole_number"}


def settings_read() -> set[str]:
    tree = ast.parse((ROOT / "site" / "settings.py").read_text(encoding="utf-8"))
    reads = (
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    )
    return {str(ast.literal_eval(node.args[0])) for node in reads if ast.unparse(node.func) in READERS}


def test_the_page_lists_every_setting_and_no_other() -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert documented == settings_read()


def test_the_environment_is_read_in_one_place() -> None:
    readers = [
        name
        for path in ROOT.rglob("*.py")
        if (name := str(path.relative_to(ROOT))) not in TERMINAL
        and re.search(r"os\.(environ\b(?!\.setdefault)|getenv)", path.read_text(encoding="utf-8"))
    ]
    assert readers == ["site/environment.py"], "read settings from django.conf.settings"


def start(**settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import qipan.site.settings"],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("QIPAN_DEBUG", "yes", "QIPAN_DEBUG is 'yes'; it must be 1 (yes) or 0 (no)."),
        ("QIPAN_WORKERS", "0", "QIPAN_WORKERS is '0'; it must be a whole number from 1 to 64."),
        ("QIPAN_THREADS", "４", "QIPAN_THREADS is '４'; it must be a whole number from 1 to 64."),
        (
            "QIPAN_LIMITS",
            "submit=many",
            "QIPAN_LIMITS has 'submit=many'; it must be off, or numbers for an hour",
        ),
        ("QIPAN_LIMITS", "walk=3", "QIPAN_LIMITS has 'walk=3'"),
        (
            "QIPAN_SHARING_DAYS",
            "conditional=0",
            "QIPAN_SHARING_DAYS has 'conditional=0'; it must be days from 1",
        ),
        ("QIPAN_OWNER_URL", "sqlite:///x", "QIPAN_OWNER_URL must be like postgresql://"),
        ("DATABASE_URL", "mysql://root@localhost/qipan", "DATABASE_URL must be like postgresql://"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_sentence(name: str, value: str, says: str) -> None:
    done = start(**{name: value})
    assert done.returncode != 0
    assert says in done.stderr


def test_an_error_in_the_database_url_does_not_show_the_password() -> None:
    done = start(DATABASE_URL="postgresql://qipan:geheim@host/name?nonsense=1")
    assert done.returncode != 0
    assert "geheim" not in done.stderr


def test_an_empty_value_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("A_TEXT", "A_FLAG", "A_NUMBER"):
        monkeypatch.setenv(name, "")
    assert text("A_TEXT", "default") == "default"
    assert flag("A_FLAG", default=True)
    assert whole_number("A_NUMBER", 3, least=1, most=9) == 3


def test_limits_are_changed_one_by_one_or_lifted_together() -> None:
    usual = {"submit": 300, "upload": 200}
    assert hourly_limits("", usual) == usual
    assert hourly_limits("upload=5", usual) == {"submit": 300, "upload": 5}
    assert hourly_limits("off", usual) == {}
    assert hourly_limits("off, upload=5", usual) == {"upload": 5}


def test_a_number_stays_within_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_NUMBER", "10")
    with pytest.raises(WrongSetting, match="from 1 to 9"):
        whole_number("A_NUMBER", 3, least=1, most=9)


def test_the_secret_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "home" / "secret-key"
    key = secret_key.read_or_make(path)
    assert len(key) >= 64
    assert secret_key.read_or_make(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]
