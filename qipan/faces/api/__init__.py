"""The API: agencies' own systems."""
