"""A synthetic province to try everything on: people, enterprises, and the foreign registers that know of them.

No one here exists. Identity numbers carry real region codes, birth dates and valid check digits, so that every check is
tried; by chance a number may be a living person's, but no fact is about them. Every register's row is flagged ``synthetic``.
"""
