"""The places to choose from while one types, for a control of kind place."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from qipan.core.elements import Field
from qipan.faces.look.access import access, anyone
from qipan.faces.look.places import find_places


@access(anyone)
@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """A fragment: radios for the places that the text of the control named `name` may mean."""
    name = request.GET.get("name", "")
    try:
        Field.parse(name)
    except ValueError:
        return HttpResponse(status=400)
    return render(
        request, "look/_places.html", {"name": name, "found": find_places(request.GET.get(name, ""))}
    )
