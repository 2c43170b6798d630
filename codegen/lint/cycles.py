"""References that lead back to where they stand."""

from collections.abc import Iterator

from codegen.lint.view import View
from gateway.contract.pointer import pointer_of


def cycles(view: View) -> Iterator[list[str]]:
    """Walk the circles of `$ref`s: each a list of the places that refer to one another in turn.

    A place refers to another where a `$ref` to it stands at or below the first. Of circles that
    share a place, one is told; it begins with the place that comes first in the document.
    """
    graph = _graph(view)
    order = {site.place: number for number, site in enumerate(view.sites)}
    done: set[str] = set()
    for start in graph:
        if start not in done:
            for circle in _circles_from(start, graph, done):
                first = circle.index(min(circle, key=lambda place: order.get(place, -1)))
                yield circle[first:] + circle[:first]


def _graph(view: View) -> dict[str, list[str]]:
    references = [
        (site.place, place)
        for site in view.sites
        if isinstance(said := site.node.get("$ref"), str)
        and (place := pointer_of(said)) is not None
    ]
    targets = {place for _, place in references}
    graph: dict[str, list[str]] = {place: [] for _, place in references}
    for place, leads_to in references:
        for holder in _and_above(place):
            if holder in targets and leads_to not in graph[holder]:
                graph[holder].append(leads_to)
    return graph


def _and_above(place: str) -> Iterator[str]:
    yield place
    while place:
        place = place.rpartition("/")[0]
        yield place


def _circles_from(start: str, graph: dict[str, list[str]], done: set[str]) -> Iterator[list[str]]:
    """Walk in depth, without recursion: a document may refer a thousand levels deep."""
    path = [start]
    at = {start: 0}
    todo = [iter(graph[start])]
    told: set[str] = set()
    while todo:
        nearest = next(todo[-1], None)
        if nearest is None:
            todo.pop()
            last = path.pop()
            del at[last]
            done.add(last)
        elif nearest in at:
            circle = path[at[nearest] :]
            if told.isdisjoint(circle):
                told.update(circle)
                yield circle
        elif nearest not in done:
            at[nearest] = len(path)
            path.append(nearest)
            todo.append(iter(graph[nearest]))
