"""Applications and their cases: a plan as it runs in real agencies."""
