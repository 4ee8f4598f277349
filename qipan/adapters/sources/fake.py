"""Sources in memory, for tests: tables of records, and sources that fail on demand."""

from collections.abc import Collection, Mapping, Sequence

from qipan.adapters.sources.facts import answer_of
from qipan.adapters.sources.port import Answer, Request, SourceDown, SourceError, SourceNonsense
from qipan.core.elements import Value


class FakeSources:
    """Answers each resource from its records, which are by field as written (``{"a.id_number": "…"}``).

    Values are read and checked as a real register's are. Resources in ``down`` do not answer; ``asked`` holds every request.
    """

    def __init__(
        self, records: Mapping[str, Sequence[Mapping[str, Value | None]]], *, down: Collection[str] = ()
    ) -> None:
        self.records = dict(records)
        self.down = set(down)
        self.asked: list[Request] = []

    def look_up(self, request: Request, timeout: float) -> Answer:
        """Find the one record that has the keys; raises SourceDown, and SourceNonsense when there are several."""
        self.asked.append(request)
        if request.resource in self.down:
            raise SourceDown(f"{request.resource} did not answer within {timeout} s.")
        keys = {str(field): value for field, value in request.keys.items()}
        found = [each for each in self.records.get(request.resource, ()) if keys.items() <= each.items()]
        if len(found) > 1:
            raise SourceNonsense(f"{request.resource} holds more than one record of one key.")
        return answer_of(
            request, {each: found[0].get(str(each)) for each in request.elements} if found else None
        )

    def look_up_all(self, requests: Sequence[Request], deadline: float) -> Mapping[str, Answer]:
        """Look all up, one after the other."""
        return {each.name: self._answer(each, deadline) for each in requests}

    def _answer(self, request: Request, deadline: float) -> Answer:
        try:
            return self.look_up(request, deadline)
        except SourceError as error:
            return Answer(error=error)
