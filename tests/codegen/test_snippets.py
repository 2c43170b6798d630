from pathlib import Path
from typing import Any

from codegen.samples import Sampler
from codegen.snippets import curl, python
from tests.codegen import small_documents as documents


def written(document: dict[str, Any], identity: str, folder: Path) -> tuple[str, str]:
    contract = documents.contract_of(document, folder)
    operation = contract.operations[identity]
    sample = Sampler(contract).sample(operation)
    return curl(sample, operation, contract), python(sample, operation, contract)


def operation(**changes: Any) -> dict[str, Any]:
    said = {"operationId": "doIt", "responses": {"200": {"description": "Done."}}, **changes}
    return {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "https://api.example.com"}],
        "paths": {"/it": {"post": said}},
    }


def test_a_post_without_a_body_says_its_method(tmp_path: Path) -> None:
    shell, source = written(operation(), "doIt", tmp_path)
    assert shell.startswith("curl -X POST http://127.0.0.1:8080/it \\\n")
    assert 'client.post("/it")' in source


def test_a_quote_does_not_end_the_shells_word(tmp_path: Path) -> None:
    media = {"application/json": {"example": {"text": "it's"}}}
    shell, _ = written(operation(requestBody={"content": media}), "doIt", tmp_path)
    assert """-d '{"text": "it'"'"'s"}'""" in shell


def test_a_form_and_raw_bytes(tmp_path: Path) -> None:
    schema = {"type": "object", "required": ["n"], "properties": {"n": {"const": 5}}}
    media: dict[str, Any] = {"application/x-www-form-urlencoded": {"schema": schema}}
    shell, source = written(operation(requestBody={"content": media}), "doIt", tmp_path / "form")
    assert "--data-urlencode n=5" in shell
    assert 'data={"n": "5"}' in source
    media = {"application/octet-stream": {}}
    shell, source = written(operation(requestBody={"content": media}), "doIt", tmp_path / "raw")
    assert "--data-binary @body" in shell
    assert 'content=open("body", "rb")' in source


def test_required_parameters_are_filled_in(tmp_path: Path) -> None:
    parameters = [
        {"name": "q", "in": "query", "required": True, "schema": {"const": "a b"}},
        {"name": "rest", "in": "query", "schema": {"type": "string"}},
    ]
    shell, _ = written(operation(parameters=parameters), "doIt", tmp_path)
    assert "'http://127.0.0.1:8080/it?q=a+b'" in shell


def test_a_bearer_scheme_is_used_where_it_is_the_only_one(tmp_path: Path) -> None:
    document = operation()
    document["security"] = [{"Key": []}]
    document["components"] = {"securitySchemes": {"Key": {"type": "http", "scheme": "bearer"}}}
    shell, source = written(document, "doIt", tmp_path)
    assert '-H "Authorization: Bearer $RELAY_KEY"' in shell
    assert "Bearer {os.environ['RELAY_KEY']}" in source
