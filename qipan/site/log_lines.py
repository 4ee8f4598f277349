"""Lines of the log. The words of an error may hold people's data (a database quotes the row that it refuses), so they stay out."""

import logging
import traceback
from types import TracebackType

_ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class DiscreetFormatter(logging.Formatter):
    """Tells of an error, and of those behind it, the kinds and the places, and none of their words."""

    def formatException(self, ei: _ErrorInfo) -> str:  # noqa: N802 -- the name is logging's
        """Write where it happened, the first cause first."""
        told: list[str] = []
        error, seen = ei[1], set[int]()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            where = "".join(traceback.format_tb(error.__traceback__))
            told.insert(0, f"{where}{type(error).__qualname__}")
            error = error.__cause__ or error.__context__
        return "\n".join(told)
