"""Predicates: the conditions of declarations, read from text and judged in Kleene's three-valued logic.

The grammar is the one in docs/handbook/library.md. A predicate on a fact that is not known yet is neither true nor false
(S. C. Kleene, Introduction to Metamathematics, 1952, section 64), which is what lets the planner prune before it asks.
Anything said about a party that takes no part is false.
"""

from qipan.core.predicates.judging import (
    Truth,
    Undecided,
    World,
    evaluate,
    judge,
    undecided,
)
from qipan.core.predicates.reading import PredicateError, parse
from qipan.core.predicates.satisfying import satisfiable
from qipan.core.predicates.tree import (
    Predicate,
    both,
    either,
    fields,
    leaves,
    parties,
    rename,
)

__all__ = [
    "Predicate",
    "PredicateError",
    "Truth",
    "Undecided",
    "World",
    "both",
    "either",
    "evaluate",
    "fields",
    "judge",
    "leaves",
    "parse",
    "parties",
    "rename",
    "satisfiable",
    "undecided",
]
