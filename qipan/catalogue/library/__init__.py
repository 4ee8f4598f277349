"""The library as files: read into declarations, with every problem at its file and line; and the shapes as JSON Schema."""

from qipan.catalogue.library.json_schema import json_schema
from qipan.catalogue.library.load import LoadedLibrary, files_passed_over, load_files, load_library

__all__ = ["LoadedLibrary", "files_passed_over", "json_schema", "load_files", "load_library"]
