"""Agencies at six levels, and the officials who work in them."""
