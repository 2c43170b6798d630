from gateway.errors import RelayError
from gateway.standin.faults import BadRequestField
from gateway.standin.replies import describe, error_value


def test_a_refusal_has_its_status_headers_and_openais_shape():
    error = RelayError("method_not_allowed", "No.", headers=((b"allow", b"GET"),))
    status, fields, value = describe(error)
    assert (status, fields) == (405, ((b"allow", b"GET"),))
    assert value["error"]["code"] == "method_not_allowed"
    assert describe(BadRequestField("So."))[0] == 400


def test_the_type_follows_the_status():
    kinds = [error_value(status, "")["error"]["type"] for status in (400, 401, 429, 503)]
    assert kinds == [
        "invalid_request_error",
        "authentication_error",
        "rate_limit_error",
        "server_error",
    ]
