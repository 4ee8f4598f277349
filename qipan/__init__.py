"""Qipan 棋盘: one board for the whole of government — one form, one plan, one trail."""

from importlib.metadata import version

__version__ = version("qipan")
