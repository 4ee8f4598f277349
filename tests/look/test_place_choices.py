"""Choosing a place while one types."""

from django.test import Client


def test_the_places_that_fit_are_offered(client: Client) -> None:
    offered = client.get(
        "/places/", {"name": "child.birth_place_region", "child.birth_place_region": "西湖"}
    ).content.decode()
    assert 'name="child.birth_place_region@place" value="330106"' in offered
    assert "浙江省杭州市西湖区" in offered


def test_nothing_is_offered_for_what_is_no_place(client: Client) -> None:
    offered = client.get("/places/", {"name": "child.birth_place_region", "child.birth_place_region": "月球"})
    assert "radio" not in offered.content.decode()


def test_only_a_field_can_be_asked_for(client: Client) -> None:
    assert client.get("/places/", {"name": "<script>"}).status_code == 400
