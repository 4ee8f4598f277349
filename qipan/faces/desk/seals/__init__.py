"""Seals and certificates at the desk: what their pages show, in words."""
