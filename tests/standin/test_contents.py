from gateway.standin.answers import choose
from gateway.standin.contents import Contents, encode_body, is_text


def made(contract_of, media, **response):
    declared = {"description": "", "content": {"application/json": media}, **response}
    contract = contract_of({"/a": {"get": {"operationId": "a", "responses": {"200": declared}}}})
    operation = contract.operations["a"]
    return Contents(contract.document), operation, choose(operation, "", {}, {})


def test_the_media_types_own_example_wins(contract_of):
    media = {"schema": {"type": "integer"}, "examples": {"bad": {"value": "x"}, "b": {"value": 5}}}
    contents, operation, choice = made(contract_of, media)
    assert contents.value(operation, choice) == 5


def test_without_a_schema_there_is_an_empty_object(contract_of):
    contents, operation, choice = made(contract_of, {})
    assert contents.value(operation, choice) == {}


def test_a_value_is_made_once(contract_of):
    contents, operation, choice = made(contract_of, {"schema": {"type": "object"}})
    assert contents.value(operation, choice) is contents.value(operation, choice)


def test_headers_that_are_required_or_have_an_example(contract_of):
    headers = {
        "X-Limit": {"required": True, "schema": {"type": "integer"}},
        "X-Kind": {"example": "a", "schema": {"type": "string"}},
        "X-Other": {"schema": {"type": "string"}},
        "X-Lines": {"example": "a\r\nb"},
        "Content-Length": {"required": True, "schema": {"type": "integer"}},
    }
    contents, operation, choice = made(contract_of, {}, headers=headers)
    assert contents.fields(operation, choice) == ((b"x-limit", b"1"), (b"x-kind", b"a"))


def test_encode_body():
    assert encode_body("application/json", "é") == '"é"'.encode()
    assert encode_body("text/plain", "é") == "é".encode()
    assert encode_body("text/plain", {"a": 1}) == b'{"a": 1}'
    assert encode_body("application/x-ndjson", {"a": 1}) == b'{"a": 1}\n'


def test_is_text():
    assert is_text("text/html; charset=utf-8")
    assert is_text("application/sdp")
    assert not is_text("image/png")
