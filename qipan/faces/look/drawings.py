"""Small pictures, drawn on a 24 by 24 grid in lines of one width, put into pages as inline SVG in the text's colour."""

from typing import Final

from markupsafe import Markup

_PATHS: Final = {
    "alert": "M12 4 2.8 20h18.4L12 4zM12 10v4.5M12 17.2v.3",
    "armchair": "M6 11V7a3 3 0 0 1 3-3h6a3 3 0 0 1 3 3v4M4 11a2 2 0 0 1 2 2v2h12v-2a2 2 0 1 1 4 0v4H2v-4a2 2 0 0 1 2-2zM5 17v3M19 17v3",
    "baby": "M12 21a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 5c0-1.5 1.2-2.4 2.4-1.8M9.2 12v.3M14.8 12v.3M9 15.5c1.7 1.6 4.3 1.6 6 0",
    "back": "M19 12H5M11 6l-6 6 6 6",
    "building": "M4 21V4h10v17M14 9h6v12M2.5 21h19M7.5 8h3M7.5 12h3M7.5 16h3M17 13v.3M17 17v.3",
    "check": "m4.5 12.8 5 5L19.5 7",
    "clock": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5.2l3.4 2",
    "close": "M6 6l12 12M18 6 6 18",
    "closing": "M5 21V4h14v17M3 21h18M9.5 9.5l5 5M14.5 9.5l-5 5",
    "data": "M12 9c4.4 0 8-1.3 8-3s-3.6-3-8-3-8 1.3-8 3 3.6 3 8 3zM4 6v12c0 1.7 3.6 3 8 3s8-1.3 8-3V6M4 12c0 1.7 3.6 3 8 3s8-1.3 8-3",
    "document": "M6 3h8l5 5v13H6zM14 3v5h5M9 13h7M9 17h7",
    "edit": "M4 20l1-4.5L16.5 4 20 7.5 8.5 19zM14 6.5l3.5 3.5",
    "enterprise": "M3 21V9l6 4V9l6 4V4h6v17zM7 17v.3M11.5 17v.3M16 17v.3",
    "eye": "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
    "face-1": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9 10v.3M15 10v.3M8.5 17c1-2.400 6-2.400 7 0",
    "face-2": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9 10v.3M15 10v.3M9 16.500c1.200-1.300 4.800-1.300 6 0",
    "face-3": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9 10v.3M15 10v.3M9 15.500h6",
    "face-4": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9 10v.3M15 10v.3M9 14.500c1.200 1.700 4.800 1.700 6 0",
    "face-5": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9 10v.3M15 10v.3M8 13.500c.6 4.700 7.400 4.700 8 0z",
    "info": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v6M12 7v.3",
    "next": "M9 5l7 7-7 7",
    "person": "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c.6-4.2 3.8-6.5 8-6.5s7.4 2.3 8 6.5",
    "phone": "M6 3h3.5l1.5 5-2.5 1.8a12 12 0 0 0 5.7 5.7L16 13l5 1.5V18a3 3 0 0 1-3.3 3A16 16 0 0 1 3 6.300A3 3 0 0 1 6 3z",
    "restaurant": "M7 3v18M4 3v5a3 3 0 0 0 6 0V3M17 21V3c-2.2 1.4-3.5 4-3.500 7.500V13H17",
    "school": "M12 4 1.500 9.500 12 15l10.500-5.500zM6 12v5c3.500 3 8.500 3 12 0v-5M22.500 9.500V16",
    "search": "M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13zM15.300 15.300 21 21",
    "shield": "M12 3l8 3v5.500c0 4.700-3.300 8-8 9.500-4.700-1.500-8-4.800-8-9.500V6zM8.500 12l2.500 2.500 4.500-5",
    "star": "M12 3.500l2.600 5.400 5.900.8-4.300 4.100 1.100 5.900-5.300-2.900-5.300 2.900 1.100-5.900L3.500 9.700l5.900-.8z",
    "upload": "M12 16V4M7 9l5-5 5 5M4 16v4h16v-4",
}
GENERAL = "document"


def drawing(name: str) -> Markup:
    """The lines of a picture; the general one for a name that has none of its own."""
    return Markup('<path d="{}"/>').format(_PATHS.get(name, _PATHS[GENERAL]))
