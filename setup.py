"""The version is read from the changelog, so that it is written once."""

import re
from pathlib import Path

from setuptools import setup

changelog = Path(__file__).with_name("CHANGELOG.md").read_text(encoding="utf-8")
setup(version=re.search(r"^## (\d+\.\d+\.\d+)", changelog, re.MULTILINE)[1])
