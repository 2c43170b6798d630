from gateway.contract.model import SecurityScheme
from gateway.contract.security import alternatives, build_schemes
from gateway.errors import Problem


def test_schemes() -> None:
    components = {
        "Bearer": {"type": "http", "scheme": "Bearer"},
        "Basic": {"type": "http", "scheme": "BASIC"},
        "OAuth": {"type": "oauth2", "flows": {}},
        "OpenId": {"type": "openIdConnect"},
        "Header": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "Query": {"type": "apiKey", "in": "query", "name": "Key"},
        "Cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
        "Other": {"$ref": "#/components/securitySchemes/Basic"},
    }
    schemes, problems = build_schemes({"components": {"securitySchemes": components}})
    assert problems == []
    assert {name: (s.kind, s.place, s.field) for name, s in schemes.items()} == {
        "Bearer": ("bearer", "header", "authorization"),
        "Basic": ("basic", "header", "authorization"),
        "OAuth": ("bearer", "header", "authorization"),
        "OpenId": ("bearer", "header", "authorization"),
        "Header": ("key", "header", "x-key"),
        "Query": ("key", "query", "Key"),
        "Cookie": ("key", "cookie", "sid"),
        "Other": ("basic", "header", "authorization"),
    }


def test_what_cannot_be_relayed_counts_as_bearer_and_is_told() -> None:
    components = {
        "Digest": {"type": "http", "scheme": "digest"},
        "Tls/1": {"type": "mutualTLS"},
        "None": None,
        "Nameless": {"type": "apiKey", "in": "header"},
    }
    schemes, problems = build_schemes({"components": {"securitySchemes": components}})
    assert {scheme.kind for scheme in schemes.values()} == {"bearer"}
    assert [problem.place for problem in problems] == [
        "/components/securitySchemes/Digest",
        "/components/securitySchemes/Tls~11",
        "/components/securitySchemes/None",
        "/components/securitySchemes/Nameless",
    ]
    assert not any(problem.fatal for problem in problems)


def test_documents_without_schemes() -> None:
    for document in ({}, {"components": None}, {"components": {"securitySchemes": []}}):
        assert build_schemes(document) == ({}, [])


def test_alternatives() -> None:
    schemes = {"A": SecurityScheme("A", "bearer"), "B": SecurityScheme("B", "basic")}
    problems: list[Problem] = []
    assert alternatives([{"A": [], "B": []}, {"A": []}, {}], schemes, "/p", problems) == (
        ("A", "B"),
        ("A",),
        (),
    )
    assert alternatives([], schemes, "/p", problems) == ((),)
    assert alternatives(None, schemes, "/p", problems) == ()
    assert problems == []
    assert alternatives([{"C": []}], schemes, "/p", problems) == (("C",),)
    assert alternatives([{"C": []}], schemes, "/q", problems) == (("C",),)
    assert [problem.place for problem in problems] == ["/p"]
    assert schemes["C"].kind == "bearer"
