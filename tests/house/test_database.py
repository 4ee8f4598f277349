"""The tests have a PostgreSQL, and every table can be made on it."""

import pytest
from django.core.management import call_command
from django.db import connection


@pytest.mark.django_db
def test_answers_as_postgresql_of_a_supported_version() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        (version,) = cursor.fetchone()
    assert int(version) >= 150000


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
