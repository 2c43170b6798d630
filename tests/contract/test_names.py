from tests.contract.loading import Loader, minimal


def test_what_is_named_and_not_there(load: Loader) -> None:
    gateway = {
        "upstreams": {"openai": {"url": "http://h"}},
        "credentials": {"ApiKee": {"env": "K"}},
        "action-sets": {"ma/in": ["ping", "pnig"]},
    }
    components = {"securitySchemes": {"ApiKey": {"type": "http", "scheme": "bearer"}}}
    ping = {"operationId": "ping", "x-gateway": {"upstream": "opneai"}, "responses": {}}
    problems = load.problems(
        minimal(
            **{"paths": {"/ping": {"get": ping}}, "components": components, "x-gateway": gateway}
        )
    )
    assert [str(problem) for problem in problems] == [
        "/paths/~1ping/get/x-gateway/upstream: ping: the upstream 'opneai' is not declared. "
        "Did you mean 'openai'?",
        "/x-gateway/credentials/ApiKee: No security scheme is named 'ApiKee'. "
        "Did you mean 'ApiKey'?",
        "/x-gateway/action-sets/ma~1in/1: No operation is named 'pnig'. Did you mean 'ping'?",
    ]


def test_the_one_upstream_is_the_default(load: Loader) -> None:
    one = {"a": {"url": "http://a"}}
    two = {**one, "b": {"url": "http://b"}}
    for gateway, expected in (
        ({}, "default"),
        ({"upstreams": one}, "a"),
        ({"upstreams": two}, "default"),
        ({"upstreams": two, "defaults": {"upstream": "b"}}, "b"),
    ):
        contract = load(minimal(**{"x-gateway": gateway}))
        assert contract.operations["ping"].policy.upstream == expected


def test_operations_that_no_request_can_reach(load: Loader) -> None:
    paths = {
        f"{path}": {"get": {"operationId": name, "responses": {}, "parameters": []}}
        for path, name in {
            "/a#one": "first",
            "/a#two": "second",
            "/a?x=1": "other",
            "/u/{id}/x": "by_id",
            "/u/{name}/x": "by_name",
        }.items()
    }
    contract = load(minimal(paths=paths))
    told = [str(w) for w in contract.warnings if "same requests" in w.message]
    assert told == [
        "/paths/~1a#two/get: second takes the same requests as first. Only first is served.",
        "/paths/~1u~1{name}~1x/get: by_name takes the same requests as by_id. "
        "Only by_id is served.",
    ]
