"""The pool: requests for shared data, who decided them, what was used, and what was corrected or recalled."""
