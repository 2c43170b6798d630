"""Routing, compared with a reference that tries every operation in turn."""

import re
import time
import timeit
from collections.abc import Callable
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.contract.model import Operation, Policy
from gateway.contract.router import Router
from gateway.errors import RelayError
from tests.contract.operations import operation
from tests.costs import calls_of, least

SEGMENTS = st.sampled_from(["a", "b", "me", "{x}", "{y}.json", "v{z}", "", "c%20d"])
TEMPLATES = st.lists(SEGMENTS, min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts))
METHODS = st.sampled_from(["GET", "POST"])
TEXTS = st.sampled_from(["a", "b", "me", "x.json", "v1", "v1.json", "", "c d", "é"])
PATHS = st.lists(TEXTS, min_size=1, max_size=3)


def reference(operations: list[Operation], method: str, segments: list[str]) -> set[str]:
    """Return the ids that a path can lead to: those of the most concrete templates, by segment."""
    best: list[tuple[tuple[int, ...], str]] = []
    for one in operations:
        parts = one.path.split("/")[1:]
        if one.method != method or len(parts) != len(segments):
            continue
        rank = []
        for part, text in zip(parts, segments, strict=True):
            pieces = [re.escape(unquote(piece)) for piece in re.split(r"\{[^{}]*\}", part)]
            if not re.fullmatch(".+?".join(pieces), text, re.DOTALL):
                break
            literals = sum(len(unquote(piece)) for piece in re.split(r"\{[^{}]*\}", part))
            rank.append(-1000 if "{" not in part else -literals)
        else:
            best.append((tuple(rank), one.id))
    top = min((rank for rank, _ in best), default=None)
    return {name for rank, name in best if rank == top}


@given(st.lists(st.tuples(METHODS, TEMPLATES), max_size=12), METHODS, PATHS)
def test_routing_agrees_with_the_reference(
    templates: list[tuple[str, str]], method: str, segments: list[str]
) -> None:
    operations = [operation(*one, name=str(i)) for i, one in enumerate(templates)]
    raw = ("/" + "/".join(map(quote, segments))).encode()
    expected = reference(operations, method, segments)
    try:
        found = Router(operations).match(method, raw)
    except RelayError as error:
        assert expected == set()
        other = "POST" if method == "GET" else "GET"
        allowed = bool(reference(operations, other, segments))
        assert error.code == ("method_not_allowed" if allowed else "not_found")
    else:
        assert found.operation.id in expected


def route(operations: list[Operation], method: str, target: str) -> tuple[str, tuple[str, ...]]:
    path, _, query = target.partition("?")
    match = Router(operations).match(method, path.encode(), query.encode())
    return match.operation.id, match.path_values


@pytest.mark.parametrize("backwards", [False, True])
def test_concrete_before_templated_in_any_order(backwards: bool) -> None:
    operations = [
        operation("GET", "/u/{id}"),
        operation("GET", "/u/me"),
        operation("GET", "/u/{id}/{part}"),
        operation("GET", "/u/{Sid}.json"),
        operation("GET", "/u/me/x"),
        operation("DELETE", "/u/{id}"),
    ]
    if backwards:
        operations.reverse()
    for target, expected in {
        "/u/me": ("GET /u/me", ()),
        "/u/you": ("GET /u/{id}", ("you",)),
        "/u/me/x": ("GET /u/me/x", ()),
        "/u/me/y": ("GET /u/{id}/{part}", ("me", "y")),
        "/u/a.json": ("GET /u/{Sid}.json", ("a",)),
        "/u/a%20b%C3%A9": ("GET /u/{id}", ("a bé",)),
        "/%75/m%65": ("GET /u/me", ()),
    }.items():
        assert route(operations, "GET", target) == expected
    assert route(operations, "DELETE", "/u/me") == ("DELETE /u/{id}", ("me",))


def test_of_templates_that_take_the_same_requests_the_first_counts() -> None:
    operations = [operation("GET", "/u/{a}/x"), operation("GET", "/u/{b}/x")]
    assert route(operations, "GET", "/u/1/x")[0] == "GET /u/{a}/x"


def fault(operations: list[Operation], method: str, target: str) -> tuple[str, dict[bytes, bytes]]:
    with pytest.raises(RelayError) as caught:
        route(operations, method, target)
    return caught.value.code, dict(caught.value.headers)


def test_methods_that_a_path_does_not_take() -> None:
    operations = [
        operation("GET", "/a"),
        operation("POST", "/a"),
        operation("GET", "/here", policy=Policy(upstream="local")),
        operation("PUT", "/{any}"),
    ]
    assert fault(operations, "DELETE", "/a") == (
        "method_not_allowed",
        {b"allow": b"GET, POST, PUT"},
    )
    assert fault(operations, "HEAD", "/a")[0] == "method_not_allowed"
    assert fault(operations, "PATCH", "/here")[1] == {b"allow": b"GET, HEAD, PUT"}
    assert fault(operations, "get", "/a")[0] == "method_not_allowed"
    assert fault(operations, "GET", "/a/b")[0] == "not_found"
    assert fault(operations, "GET", "/a/")[0] == "not_found"
    assert fault(operations, "GET", "")[0] == "not_found"


@pytest.mark.parametrize(
    "path",
    [
        *("/f/..", "/f/.", "/f/%2e%2e", "/f/%2E", "/../f/x", "/f/a%2Fb", "/f/a%2fb", "/f/a\\b"),
        *("/f/a%5Cb", "/f/a%00b", "/f/%", "/f/%zz", "/f/%f", "/f/%ff", "/f/%C3", "/none/.."),
    ],
)
def test_paths_that_could_mean_another_one_upstream(path: str) -> None:
    plain = [operation("GET", "/f/{id}"), operation("GET", "/f/..")]
    assert fault(plain, "GET", path)[0] == "invalid_path"
    raw = [operation("GET", "/f/{id}", policy=Policy(raw_path=True))]
    if path.startswith("/f/"):
        assert route(raw, "GET", path)[0] == "GET /f/{id}"


def test_a_query_in_the_path_key() -> None:
    operations = [
        operation("POST", "/r"),
        operation("POST", "/r", "beta", fixed_query=(("beta", "true"),)),
        operation("POST", "/r", "both", fixed_query=(("beta", "true"), ("mode", "x y"))),
        operation("GET", "/only/{id}", "only", fixed_query=(("a", ""),)),
    ]
    for target, expected in {
        "/r": "POST /r",
        "/r?beta=false": "POST /r",
        "/r?x=1&beta=true": "beta",
        "/r?mode=x+y&beta=true": "both",
        "/r?mode=x%20y&beta=true&mode=z": "both",
    }.items():
        assert route(operations, "POST", target)[0] == expected
    assert route(operations, "GET", "/only/1?a=") == ("only", ("1",))
    assert fault(operations, "GET", "/only/1")[0] == "not_found"
    assert fault(operations, "PUT", "/only/1")[0] == "not_found"


def test_a_literal_in_the_path_key_may_be_encoded() -> None:
    operations = [operation("GET", "/a%20b/{id}"), operation("GET", "/café")]
    assert route(operations, "GET", "/a%20b/1")[0] == "GET /a%20b/{id}"
    assert route(operations, "GET", "/caf%C3%A9")[0] == "GET /café"


def test_the_time_does_not_grow_with_the_document() -> None:
    def matching(count: int) -> Callable[[], None]:
        router = Router(
            operation("GET", path.format(i=i), f"{i} {path}")
            for i in range(count // 2)
            for path in ("/r{i}/{{id}}/sub", "/r{i}/list")
        )
        targets = [f"/r{i}/{end}".encode() for i in range(0, 50, 5) for end in ("x/sub", "list")]

        def match() -> None:
            for target in targets:
                router.match("GET", target)

        return match

    few, many = matching(100), matching(1223)
    assert calls_of(many) == calls_of(few)

    def ratio() -> float:
        times = [
            min(timeit.repeat(each, timer=time.thread_time, number=50)) for each in (many, few)
        ]
        return times[0] / times[1]

    assert least(ratio, 2) <= 2
