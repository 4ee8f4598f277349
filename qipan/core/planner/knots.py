"""Knots: things that wait for each other, each shown as one shortest circle.

Strongly connected components by R. E. Tarjan, "Depth-first search and linear graph algorithms", SIAM Journal on Computing 1
(1972), without recursion.
"""

from collections.abc import Collection, Iterator, Mapping


def find_knots(waits_for: Mapping[str, Collection[str]]) -> list[tuple[str, ...]]:
    """One shortest circle of each knot, from its first name by order back to it; in the order of those names."""
    graph = {name: sorted(set(others) & waits_for.keys()) for name, others in sorted(waits_for.items())}
    circles = [_circle(graph, set(knot)) for knot in _components(graph) if _is_knot(graph, knot)]
    return sorted(circles)


def _is_knot(graph: Mapping[str, list[str]], names: list[str]) -> bool:
    return len(names) > 1 or names[0] in graph[names[0]]


def _circle(graph: Mapping[str, list[str]], knot: set[str]) -> tuple[str, ...]:
    """A breadth-first walk inside the knot, from its first name until it comes back."""
    first = min(knot)
    paths: list[tuple[str, ...]] = [(first,)]
    seen: set[str] = set()
    for path in paths:
        for following in graph[path[-1]]:
            if following == first:
                return (*path, first)
            if following in knot and following not in seen:
                seen.add(following)
                paths.append((*path, following))
    raise AssertionError


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
