"""Knots: things that wait for each other, each shown as one shortest circle.

Strongly connected components by R. E. Tarjan, "Depth-first search and linear graph algorithms", SIAM Journal on Computing 1
(1972), without recursion.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final

Circle = tuple[str, ...]

MOST_PATHS: Final = 2000
"""How many ways through a knot are looked at for a circle that can turn."""


def find_knots(
    waits_for: Mapping[str, Collection[str]], turns: Callable[[Circle], bool] | None = None
) -> list[Circle]:
    """One shortest circle of each knot, from its first name by order back to it; in the order of those names.

    With ``turns``, the shortest that can turn, and nothing of a knot in which none can.
    """
    graph = {name: sorted(set(others) & waits_for.keys()) for name, others in sorted(waits_for.items())}
    knots = [set(knot) for knot in _components(graph) if _is_knot(graph, knot)]
    if turns is None:
        return sorted(_circle(graph, knot) for knot in knots)
    found = (next(filter(turns, _circles(graph, knot)), None) for knot in knots)
    return sorted(circle for circle in found if circle is not None)


def _is_knot(graph: Mapping[str, list[str]], names: list[str]) -> bool:
    return len(names) > 1 or names[0] in graph[names[0]]


def _circle(graph: Mapping[str, list[str]], knot: set[str]) -> Circle:
    """A breadth-first walk inside the knot, from its first name until it comes back."""
    first = min(knot)
    paths: list[Circle] = [(first,)]
    seen: set[str] = set()
    for path in paths:
        for following in graph[path[-1]]:
            if following == first:
                return (*path, first)
            if following in knot and following not in seen:
                seen.add(following)
                paths.append((*path, following))
    raise AssertionError


def _circles(graph: Mapping[str, list[str]], knot: set[str]) -> Iterator[Circle]:
    """Every circle of a knot once, from its first name by order, of those the shorter ones first."""
    looked_at = 0
    for first in sorted(knot):
        paths: list[Circle] = [(first,)]
        for path in paths:
            for following in graph[path[-1]]:
                if following == first:
                    yield (*path, first)
                elif following in knot and following > first and following not in path:
                    paths.append((*path, following))
            looked_at += 1
            if looked_at >= MOST_PATHS:
                return


def _components(graph: Mapping[str, list[str]]) -> Iterator[list[str]]:
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    for root in graph:
        if root in index:
            continue
        walk = [(root, iter(graph[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while walk:
            name, others = walk[-1]
            following = next(others, None)
            if following is None:
                walk.pop()
                if walk:
                    low[walk[-1][0]] = min(low[walk[-1][0]], low[name])
                if low[name] == index[name]:
                    yield _popped(stack, on_stack, name)
            elif following not in index:
                index[following] = low[following] = len(index)
                stack.append(following)
                on_stack.add(following)
                walk.append((following, iter(graph[following])))
            elif following in on_stack:
                low[name] = min(low[name], index[following])


def _popped(stack: list[str], on_stack: set[str], name: str) -> list[str]:
    component: list[str] = []
    while not component or component[-1] != name:
        component.append(stack.pop())
        on_stack.discard(component[-1])
    return component
