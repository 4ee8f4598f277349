"""The database engine that settings name: Django's own, whose cursors say who reads. See Note [Who reads]."""

from typing import Any

from django.db.backends.postgresql import base

from qipan.reader import ReaderCursor


class DatabaseWrapper(base.DatabaseWrapper):
    """Connections whose cursors say who reads."""

    def get_connection_params(self) -> dict[str, Any]:
        """Give what psycopg connects with."""
        return {**super().get_connection_params(), "cursor_factory": ReaderCursor}
