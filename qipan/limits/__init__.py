"""How often somebody may do what costs work, counted for all processes together."""
