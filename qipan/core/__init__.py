"""The rules of the game: frozen values and functions on them, with the standard library alone."""
