"""The look needs the framework's words and templates, but no database."""

import os

import django
import pytest


@pytest.fixture(autouse=True, scope="session")
def framework() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qipan.site.settings")
    django.setup()
