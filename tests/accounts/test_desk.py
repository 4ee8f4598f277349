"""An official comes to the desk by their own account, from the password to the second factor."""

import re

from click.testing import CliRunner
from django.test import Client

from qipan.accounts.models import Account
from qipan.core.posts import Power
from qipan.faces.cli import main
from qipan.posts.models import Tenure
from tests.accounts.newcomer import NEWCOMER, PASSWORD, browser, real_name, sign_in
from tests.accounts.test_second_factor import AGAIN, SECRET, code_of
from tests.cast import AGENCIES, Cast


def run(*arguments: str, exit_code: int = 0) -> str:
    found = CliRunner().invoke(main, [*arguments])
    assert found.exit_code == exit_code, found.output
    return found.output


def test_a_real_official_comes_with_a_second_factor_and_not_without(newcomer: Client, cast: Cast) -> None:
    assert newcomer.get("/desk/posts").headers["Location"].startswith("/desk/sign-in")
    assert "还没有实名" in newcomer.get("/desk/sign-in").content.decode()
    real_name(newcomer)
    appointed = run("official", AGENCIES["hospital"], NEWCOMER)
    assert "已任命" in appointed
    assert Tenure.objects.get(official__person=Account.objects.get().person_id).post.powers == [Power.MANAGER]
    assert newcomer.get("/desk/posts").status_code == 302
    assert "还差一步" in newcomer.get("/desk/sign-in?next=/desk/posts").content.decode()

    newcomer.post(AGAIN, {"password": PASSWORD})
    secret = SECRET.search(newcomer.get("/account/authenticator/").content.decode())
    assert secret
    newcomer.post("/account/authenticator/", {"code": code_of(secret[1])})
    recovery = re.findall(
        r"<code>([0-9a-zA-Z-]+)</code>", newcomer.get("/account/recovery-codes/").content.decode()
    )

    lost = browser()
    sign_in(lost)
    lost.post("/account/sign-in/second/", {"code": recovery[0]})
    assert lost.get("/account/").status_code == 200
    assert lost.get("/desk/posts").status_code == 302

    client = browser()
    sign_in(client)
    client.post("/account/sign-in/second/", {"code": code_of(secret[1], 1)})
    assert client.get("/desk/posts").status_code == 200
    assert client.get("/desk/").status_code == 403
    assert newcomer.get("/desk/posts").status_code == 302

    client.post(AGAIN, {"password": PASSWORD})
    client.post("/account/authenticator/remove/")
    assert client.get("/account/").status_code == 200
    assert client.get("/desk/posts").status_code == 302


def test_nobody_unknown_is_put_in_office(cast: Cast) -> None:
    assert "没有办成" in run("official", AGENCIES["hospital"], "330106190001011234", exit_code=1)
    assert "没有这个部门" in run("official", "330106.magic", NEWCOMER, exit_code=1)
