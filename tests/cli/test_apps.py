"""`qipan app`: registered once, listed, given other keys, ended."""

import json

import pytest

from qipan.agencies.models import Agency
from qipan.site import settings
from tests.cli.conftest import Run

HEALTH = "330106.health"
ADD = ("app", "add", HEALTH, "--name-zh", "预约挂号", "--name-en", "Appointments", "--redirect")


@pytest.fixture
def agency(db: None) -> None:
    Agency.objects.create(code=HEALTH, kind="health", level="county", division="330106", name_zh="卫健局")


def test_an_app_is_registered_listed_and_ended(agency: None, run: Run) -> None:
    told = json.loads(run(*ADD, "https://health.example.gov.cn/back", "--json").stdout)
    assert told["issuer"] == settings.QIPAN_ADDRESS
    listed = run("app", "list", "--json").stdout
    assert told["client_secret"] not in listed
    (only,) = json.loads(listed)
    assert (only["id"], only["agency_zh"], only["sector"]) == (told["client_id"], "卫健局", HEALTH)
    renewed = run("app", "secret", told["client_id"]).stdout.strip()
    assert renewed != told["client_secret"]
    run("app", "rotate", told["client_id"])
    run("app", "end", told["client_id"])
    assert json.loads(run("app", "list", "--json").stdout) == []
    assert "没有这个应用" in run("app", "end", told["client_id"], exit_code=1).output
    assert "没有这个应用" in run("app", "rotate", "nobody", exit_code=1).output


@pytest.mark.parametrize(
    "address",
    [
        "http://health.example.gov.cn/",
        "https://health.example.gov.cn/#a",
        "https://a:b@health.example.gov.cn/",
        "javascript:alert(1)",
        "https://health.example.gov.cn/a b",
        "https://health.example.gov.cn/\nhttps://evil.example/",
        "https://[",
        "health.example.gov.cn",
    ],
)
def test_where_it_is_gone_back_to_must_be_safe(agency: None, run: Run, address: str) -> None:
    assert "https" in run(*ADD, address, exit_code=1).output
    assert json.loads(run("app", "list", "--json").stdout) == []


def test_an_agency_that_is_not_there_has_no_app(db: None, run: Run) -> None:
    assert "没有这个部门" in run(*ADD, "https://a.example/", exit_code=1).output
