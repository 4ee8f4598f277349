"""The rules of passage: who may see what, for every official to read, and to ask about one case."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from qipan.catalogue import queries as catalogue
from qipan.core.posts import Power
from qipan.faces.desk.pages.shell import language, page
from qipan.faces.desk.pool.rule_views import asked_in, choices, explained, zone_lines
from qipan.faces.look.access import access, needs
from qipan.faces.look.wall_words import rule_lines


@access(needs(*Power))
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The table, the zones, and the answer to "may X see Y for Z?"."""
    library, spoken = catalogue.current_pool().library, language(request)
    asked = asked_in(request.GET.dict(), library, spoken)
    values = {
        "asked": asked,
        "choices": choices(library, spoken),
        "answer": explained(asked, library, spoken),
        "lines": rule_lines(spoken),
        "zones": zone_lines(spoken),
    }
    return page(request, "pool/rules.html", values, here="pool")
