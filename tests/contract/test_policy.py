"""The vocabulary: each key's bad values, and the mend that each is answered with."""

from typing import Any

import pytest

from gateway.contract.model import CredentialPolicy, Policy, Timeouts, UpstreamPolicy
from gateway.contract.policy import (
    build_credentials,
    build_policy,
    build_upstreams,
    check_policy,
    checked_root,
    seconds,
    size,
)
from gateway.errors import Problem
from tests.contract.loading import Loader, minimal

WORDS = "Write a number and a unit"
TEXT = "Write a text, or {env: NAME}"


@pytest.mark.parametrize(
    ("said", "place", "mend"),
    [
        (5, "", "Write a map of the keys"),
        ([], "", "Write a map of the keys"),
        ({"reqest": "off"}, "", "Did you mean 'request'?"),
        ({"Public": True}, "", "Did you mean 'public'?"),
        ({"zzz": 1}, "", "Known: actions, headers, max-body, one-of, public, raw-path, request"),
        ({"upstream": 5}, "/upstream", "Write `local` or the name of an upstream"),
        ({"public": "yes"}, "/public", "Write true or false."),
        ({"request": "report-only"}, "/request", "Write one of: enforce, report, off."),
        ({"request": False}, "/request", "Write one of: enforce, report, off."),
        ({"response": "enforce"}, "/response", "Write one of: off, report."),
        ({"max-body": "32MB"}, "/max-body", "Write bytes above 0, or a number and a unit"),
        ({"max-body": 0}, "/max-body", "Write bytes above 0, or a number and a unit"),
        ({"max-body": True}, "/max-body", "Write bytes above 0, or a number and a unit"),
        ({"one-of": "all"}, "/one-of", "Write one of: any, exact."),
        ({"unknown-query": "drop"}, "/unknown-query", "Write one of: pass, refuse."),
        ({"timeouts": "5s"}, "/timeouts", "Write a map of connect, first-byte, idle and total."),
        ({"timeouts": {"first_byte": "5s"}}, "/timeouts", "Did you mean 'first-byte'?"),
        ({"timeouts": {"idle": "5"}}, "/timeouts/idle", WORDS),
        ({"timeouts": {"connect": 5}}, "/timeouts/connect", WORDS),
        ({"timeouts": {"total": "1d"}}, "/timeouts/total", WORDS),
        ({"headers": []}, "/headers", "Write a map of header names to values."),
        ({"headers": {"A b": "x"}}, "/headers", "Write a header's name"),
        ({"headers": {"Content-Length": "5"}}, "/headers", "Write a header's name"),
        ({"headers": {"A": "x\r\nB: y"}}, "/headers/A", TEXT),
        ({"headers": {"A": 5}}, "/headers/A", TEXT),
        ({"headers": {"A": {"env": "1X"}}}, "/headers/A/env", "Write the name of an environment"),
        ({"headers": {"A": {"default": "x"}}}, "/headers/A", TEXT),
        ({"headers": {"A": {"env": "X", "defualt": "y"}}}, "/headers/A", "Did you mean 'default'?"),
        (
            {"headers": {"A": {"env": "X", "default": "\n"}}},
            "/headers/A/default",
            "Write it on one",
        ),
        ({"retry": "always"}, "/retry", "Write one of: connect, idempotent, never."),
        ({"usage": "anthropic"}, "/usage", "Write one of: openai."),
        ({"scope": ""}, "/scope", "Write it like files:write."),
        ({"actions": "wrapped"}, "/actions", "Write one of: direct, wrap, envelope, never."),
        ({"raw-path": 1}, "/raw-path", "Write true or false."),
    ],
)
def test_an_operation(said: Any, place: str, mend: str) -> None:
    (problem,) = check_policy(said, "operation", "/paths/~1a/get")
    assert problem.place == f"/paths/~1a/get/x-gateway{place}"
    assert problem.mend.startswith(mend)
    assert problem.fatal


@pytest.mark.parametrize(
    ("said", "place", "mend"),
    [
        ({"error": "openai"}, "", "Did you mean 'errors'?"),
        ({"errors": "json"}, "/errors", "Write one of: openai, problem."),
        ({"upstreams": []}, "/upstreams", "Write a map of names to upstreams"),
        ({"upstreams": {"local": {"url": "x"}}}, "/upstreams", "Take another name"),
        ({"upstreams": {"default": {"url": "x"}}}, "/upstreams", "Take another name"),
        ({"upstreams": {"a": {}}}, "/upstreams/a", "Write at least {url"),
        ({"upstreams": {"a": "http://h"}}, "/upstreams/a", "Write at least {url"),
        ({"upstreams": {"a": {"url": {"enf": "A"}}}}, "/upstreams/a/url", "Did you mean 'env'?"),
        ({"upstreams": {"a/b": {"url": 5}}}, "/upstreams/a~1b/url", TEXT),
        ({"upstreams": {"a": {"url": "x", "pol": {}}}}, "/upstreams/a", "Did you mean 'pool'?"),
        (
            {"upstreams": {"a": {"url": "x", "pool": {"connections": -1}}}},
            "/upstreams/a/pool/connections",
            "Write a count of connections",
        ),
        ({"credentials": {"A": "KEY"}}, "/credentials/A", "Write it like {env"),
        ({"credentials": {"A": {"env": "a b"}}}, "/credentials/A/env", "Write the name of an env"),
        ({"credentials": {"A": {}}}, "/credentials/A", "Write it like {env"),
        (
            {"credentials": {"A": {"env": "A", "relay_keys": "B"}}},
            "/credentials/A",
            "Did you mean 'relay-keys'?",
        ),
        ({"defaults": {"requests": "off"}}, "/defaults", "Did you mean 'request'?"),
        ({"defaults": {"max-body": "5 MiB"}}, "/defaults/max-body", "Write bytes above 0"),
        ({"action-sets": {"a": "b"}}, "/action-sets/a", "Write a list of operationIds"),
        ({"action-sets": {"a": ["b", "b"]}}, "/action-sets/a", "Write a list of operationIds"),
        ({"action-sets": {"a": [5]}}, "/action-sets/a/0", "Write an operationId."),
    ],
)
def test_the_root(said: Any, place: str, mend: str) -> None:
    found = [problem for problem in check_policy(said, "root", "") if problem.mend.startswith(mend)]
    assert [problem.place for problem in found] == [f"/x-gateway{place}"]


def test_every_fault_of_an_object_is_told() -> None:
    said = {"requst": 1, "respons": 2, "retry": "x", "scope": ""}
    found = check_policy(said, "operation", "")
    assert [(problem.place, problem.mend.split()[-1]) for problem in found if problem.place] == [
        ("/x-gateway/retry", "never."),
        ("/x-gateway/scope", "files:write."),
        ("/x-gateway", "'request'?"),
        ("/x-gateway", "'response'?"),
    ]


def test_no_message_quotes_a_value() -> None:
    said = {"headers": {"A": "secret\n"}, "request": "secret", "max-body": "secret"}
    assert "secret" not in "".join(map(str, check_policy(said, "operation", "")))


def test_a_message_names_the_operation(load: Loader) -> None:
    operation = {"operationId": "getIt", "x-gateway": {"publc": True}, "responses": {}}
    (problem,) = load.problems(minimal(paths={"/a": {"get": operation}}))
    assert str(problem) == (
        "/paths/~1a/get/x-gateway: getIt: `x-gateway` has no key 'publc' here. "
        "Did you mean 'public'?"
    )


def test_the_root_is_read_without_its_faults() -> None:
    problems: list[Problem] = []
    said = {"errors": "xml", "upstreams": {"a": {"url": "http://h"}}}
    assert checked_root({"x-gateway": said}, problems) == {"upstreams": said["upstreams"]}
    assert [problem.place for problem in problems] == ["/x-gateway/errors"]
    assert checked_root({}, problems) == checked_root({"x-gateway": None}, problems) == {}
    assert checked_root({"x-gateway": 5}, problems) == {}
    assert len(problems) == 2


def test_the_defaults() -> None:
    assert build_policy({}, {}, "files:read") == Policy(scope="files:read")


DEFAULTS: dict[str, Any] = {
    "upstream": "main",
    "request": "report",
    "max-body": "1KiB",
    "headers": {"X-A": "a", "X-B": {"env": "B"}},
    "timeouts": {"connect": "500ms", "idle": "0s"},
    "actions": "envelope",
}
OWN: dict[str, Any] = {
    "public": True,
    "response": "report",
    "max-body": "2MiB",
    "headers": {"x-a": {"env": "A", "default": "d"}},
    "timeouts": {"first-byte": "1.5m", "total": "1h"},
    "retry": "never",
    "usage": "openai",
    "scope": "own",
    "raw-path": True,
    "one-of": "exact",
    "unknown-query": "refuse",
    "actions": "never",
}


def test_an_operation_over_its_defaults() -> None:
    assert build_policy(OWN, DEFAULTS, "s") == Policy(
        upstream="main",
        public=True,
        request="report",
        response="report",
        max_body=2 << 20,
        max_whole_body=1 << 10,
        timeouts=Timeouts(connect=0.5, first_byte=90.0, idle=0.0, total=3600.0),
        headers=((b"x-a", "A", "d"), (b"x-b", "B", None)),
        retry="never",
        usage="openai",
        scope="own",
        actions="never",
        raw_path=True,
        one_of="exact",
        unknown_query="refuse",
    )
    assert build_policy({}, DEFAULTS, "s").actions == "envelope"
    assert build_policy({}, DEFAULTS, "s").max_body is None


def test_upstreams_and_credentials() -> None:
    root = {
        "upstreams": {
            "plain": {"url": "http://h"},
            "named": {
                "url": {"env": "BASE", "default": "http://d"},
                "headers": {"X-Org": {"env": "ORG"}, "X-Fixed": "f"},
                "pool": {"connections": 7},
            },
            "bare": {"url": {"env": "BARE"}},
        },
        "credentials": {"A": {"env": "KEY"}, "B": {"env": "B", "relay-keys": "KEYS"}},
    }
    assert build_upstreams(root) == {
        "plain": UpstreamPolicy("plain", "http://h"),
        "named": UpstreamPolicy(
            "named", "http://d", "BASE", ((b"x-org", "ORG", None), (b"x-fixed", "", "f")), 7
        ),
        "bare": UpstreamPolicy("bare", "", "BARE"),
    }
    assert build_credentials(root) == {
        "A": CredentialPolicy("A", "KEY"),
        "B": CredentialPolicy("B", "B", "KEYS"),
    }


def test_durations_and_sizes() -> None:
    assert [seconds(text) for text in ("500ms", "5s", "1.5m", "2h", "0s")] == [0.5, 5, 90, 7200, 0]
    assert [size(text) for text in ("1B", "2KiB", "3MiB", "1GiB", 7)] == [
        *(1, 2048, 3 << 20, 1 << 30, 7)
    ]
    for bad in ("5", "5d", "s", "x5s"):
        with pytest.raises(ValueError, match="is not a duration"):
            seconds(bad)
    with pytest.raises(ValueError, match="is not a size"):
        size("5MB")
