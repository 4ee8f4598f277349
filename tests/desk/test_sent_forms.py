"""An official sees whether the form is as it was sent; nobody else asks."""

from uuid import UUID

from django.db import connection

from tests import cast as play
from tests.desk.conftest import At


def test_the_desk_says_whether_the_form_was_changed(application: UUID, at: At) -> None:
    place = f"/desk/cases/{play.case_of(application, 'birth_certificate').id}"
    assert f"{place}/form" in at("hospital").get(place).content.decode()
    assert "表单与提交时一致" in at("hospital").get(f"{place}/form", follow=True).content.decode()
    assert at("police").get(f"{place}/form").status_code == 404
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE fact_sets DISABLE TRIGGER USER")
        cursor.execute("UPDATE fact_sets SET learned = replace(learned::text, '王小宝', '王小玉')::jsonb")
    assert "表单与提交时不一致" in at("hospital").get(f"{place}/form", follow=True).content.decode()
