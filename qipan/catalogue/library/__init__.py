"""The library as files: read into declarations, with every problem at its file and line; and the shapes as JSON Schema."""

from qipan.catalogue.library.checking import Checked, check_folder, check_loaded
from qipan.catalogue.library.json_schema import json_schema
from qipan.catalogue.library.load import LoadedLibrary, load_files, load_library

__all__ = [
    "Checked",
    "LoadedLibrary",
    "check_folder",
    "check_loaded",
    "json_schema",
    "load_files",
    "load_library",
]
