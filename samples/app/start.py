"""Register the sample app with the running demo, serve it until Ctrl-C, and take it off the register: `make app`."""

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PORT = os.environ.get("PORT", "8090")
OWN_ADDRESS = f"http://127.0.0.1:{PORT}"
AGENCY = "330106.health"


def qipan(*arguments: str) -> str:
    """Run one command of the platform, as the data bureau would."""
    command = [sys.executable, "-m", "qipan.faces.cli", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def main() -> None:
    """Until stopped."""
    note = Path(os.environ.get("QIPAN_HOME", ".qipan")) / "demo-address"
    if not note.exists():
        sys.exit("先在另一个终端运行 make demo。Run `make demo` in another terminal first.")
    back = f"{OWN_ADDRESS}/signed-in"
    named = ("--name-zh", "预约挂号（示例）", "--name-en", "Appointments (sample)")
    known = json.loads(qipan("app", "add", AGENCY, *named, "--redirect", back, "--json"))
    told = {"CLIENT_ID": known["client_id"], "CLIENT_SECRET": known["client_secret"]}
    environment = os.environ | told | {"QIPAN": note.read_text(encoding="utf-8"), "OWN_ADDRESS": OWN_ADDRESS}
    print(f"\n  {OWN_ADDRESS}/\n\n  Ctrl-C 停止 stops it.\n")
    serve = ("granian", "--interface", "asgi", "--port", PORT, "--working-dir", str(HERE), "app:app")
    try:
        subprocess.run([sys.executable, "-m", *serve], check=False, env=environment)
    except KeyboardInterrupt:
        pass
    finally:
        qipan("app", "end", known["client_id"])


if __name__ == "__main__":
    main()
