import json
import time

import pytest

from gateway.errors import RelayError
from gateway.local.envelope_members import Members, read_envelope


def refused(said: object) -> RelayError:
    with pytest.raises(RelayError) as caught:
        read_envelope(json.dumps(said).encode())
    assert caught.value.code == "invalid_envelope"
    return caught.value


def params(error: RelayError) -> list[str]:
    return [finding.param for finding in error.errors]


def test_both_forms() -> None:
    by_path = read_envelope(b'{"method":"GET","path":"/v1/models","query":{"a":1}}')
    assert by_path == Members(method="GET", path="/v1/models", query={"a": 1})
    by_name = read_envelope(b'{"operationId":"retrieveModel","path_params":{"model":"x"}}')
    assert by_name == Members(operation_id="retrieveModel", path_params={"model": "x"})


def test_members_may_be_strings_that_hold_json_parsed_once() -> None:
    said = {"operationId": "x", "query": '{"a": "[1]"}', "headers": "{}", "path_params": '{"b":2}'}
    members = read_envelope(json.dumps(said).encode())
    assert (members.query, members.headers, members.path_params) == ({"a": "[1]"}, {}, {"b": 2})


def test_a_body_stays_as_it_is() -> None:
    assert read_envelope(b'{"operationId":"x","body":"[1]"}').body == "[1]"
    assert read_envelope(b'{"operationId":"x","body":[1]}').body == [1]


def test_null_is_absence() -> None:
    said = {"operationId": "x", "method": None, "path": None, "query": None, "body": None}
    assert read_envelope(json.dumps(said).encode()) == Members(operation_id="x")
    assert read_envelope(b'{"operationId":"x","query":{"a":null}}').query == {}


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ([], [""]),
        ({}, [""]),
        ({"method": "GET"}, ["/path"]),
        ({"path": "/a"}, ["/method"]),
        ({"operationId": "x", "method": "GET", "path": "/a"}, ["/method", "/path"]),
        ({"method": "GET", "path": "/a", "path_params": {}}, ["/path_params"]),
        ({"operationId": 1}, ["/operationId"]),
        ({"method": 1, "path": []}, ["/method", "/path"]),
        ({"operationId": "x", "query": []}, ["/query"]),
        ({"operationId": "x", "query": "[]"}, ["/query"]),
        ({"operationId": "x", "query": '"{}"'}, ["/query"]),
        ({"operationId": "x", "headers": "{"}, ["/headers"]),
        ({"operationId": "x", "path_params": '{"a":1,"a":2}'}, ["/path_params"]),
        ({"operationId": "x", "bdoy": 1, "que~ry/": 2}, ["/bdoy", "/que~0ry~1"]),
    ],
)
def test_what_is_no_envelope(said: object, where: list[str]) -> None:
    error = refused(said)
    assert params(error) == where
    assert error.status == 400


def test_an_unknown_member_gets_a_suggestion() -> None:
    assert "'body'" in refused({"operationId": "x", "bdoy": 1}).errors[0].message


def test_json_is_strict() -> None:
    with pytest.raises(RelayError) as caught:
        read_envelope(b'{"operationId":"a","operationId":"b"}')
    assert caught.value.code == "invalid_json"


def test_findings_are_few_whatever_comes() -> None:
    begun = time.perf_counter()
    error = refused({"operationId": "x", **{f"member{n}": n for n in range(200_000)}})
    assert len(error.errors) == 20
    assert time.perf_counter() - begun < 5


def test_a_long_name_is_cut() -> None:
    assert len(params(refused({"operationId": "x", "n" * 5000: 1}))[0]) < 200
