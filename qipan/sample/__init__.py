"""A synthetic province: people, registers and agencies to try everything on."""
