"""Somebody new at their own browser, with a phone that gets what the platform sends."""

import re
from pathlib import Path

import yaml
from django.http import HttpResponse
from django.test import Client

from qipan.adapters.notices import FileNotices
from tests import cast as play

PHONE, OTHERS_PHONE = "13900000001", "13900000002"
PASSWORD = "correct-horse-7"
NEWCOMER, DEAD = "330106198501011215", "330106193501011212"
CODE = re.compile(r"验证码 (\d{6})")
POPULATION = (
    (
        "person.id_number",
        "person.name",
        "person.death_date",
        "person.marital_status",
        "person.household_region",
    ),
    (NEWCOMER, "陈晨", "", "10", "330106002001"),
    (DEAD, "陈老", "2020-02-02", "10", "330106002001"),
    (play.MOTHER, "王芳", "", "20", "330106002001"),
)


class Phone:
    """A phone: the messages that came to its number, newest last."""

    def __init__(self, box: FileNotices, number: str = PHONE) -> None:
        self.box, self.number = box, number

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.box.sent() if one.to == f"+86{self.number}"]

    @property
    def code(self) -> str:
        """The code in the last message that has one."""
        return [found[1] for text in self.texts if (found := CODE.search(text))][-1]


def browser() -> Client:
    return Client(headers={"accept-language": "zh-hans", "user-agent": "Mozilla/5.0 (Windows) Chrome/140.0"})


def register(client: Client, phone: Phone, *, password: str = "", onward: str = "") -> HttpResponse:
    """Register with a phone number and the code that came to it."""
    typed = {"phone": phone.number, "password1": password, "next": onward}
    assert client.post("/account/register/", typed).headers["Location"] == "/account/phone/confirm/"
    return confirm(client, phone.code)


def confirm(client: Client, code: str, at: str = "/account/phone/confirm/") -> HttpResponse:
    return client.post(at, {"code": code, "action": "verify"})  # type: ignore[return-value]


def sign_in_by_code(client: Client, phone: Phone) -> HttpResponse:
    client.post("/account/sign-in/code/", {"phone": phone.number})
    return confirm(client, phone.code, "/account/sign-in/code/confirm/")


def sign_in(client: Client, number: str = PHONE, password: str = PASSWORD) -> HttpResponse:
    return client.post("/account/sign-in/", {"login": number, "password": password})  # type: ignore[return-value]


def real_name(client: Client, name: str = "陈晨", number: str = NEWCOMER, **more: str) -> HttpResponse:
    return client.post("/account/real-name/", {"name": name, "id_number": number, **more})  # type: ignore[return-value]


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def library_with_register(home: Path) -> Path:
    """The cast's library, whose population register is a file that knows the newcomer, and is of record for names and numbers."""
    declared = yaml.safe_load((play.LIBRARY / "birth.yaml").read_text(encoding="utf-8"))
    declared["elements"]["Person.death_date"] = {"title": "死亡日期", "type": "date", "ask": False}
    population = declared["resources"]["population"]
    population["record_of"] = ["Person.name", "Person.id_number"]
    population["gives"].append("person.death_date")
    columns = {field: field for field in POPULATION[0]}
    population["source"] = {
        "adapter": "file",
        "register": "drop",
        "path": "population.csv",
        "columns": columns,
    }
    folder, drop = home / "library", home / "drop"
    folder.mkdir()
    drop.mkdir()
    (folder / "birth.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    (drop / "population.csv").write_text("\n".join(map(",".join, POPULATION)) + "\n", encoding="utf-8")
    return folder
