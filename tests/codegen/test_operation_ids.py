import pytest

from codegen.operation_ids import constant_name, constants, definitions


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        ("createResponse", "CREATE_RESPONSE"),
        ("GetVideo", "GET_VIDEO"),
        ("connect-realtime", "CONNECT_REALTIME"),
        ("listAPIKeys", "LIST_API_KEYS"),
        ("repos/list-for_org", "REPOS_LIST_FOR_ORG"),
        ("2fa", "ID_2FA"),
        ("été", "T"),
        ("…", "ID_"),
    ],
)
def test_an_id_becomes_a_name(identity: str, name: str) -> None:
    assert constant_name(identity) == name


def test_names_that_clash_are_numbered() -> None:
    assert constants(["a-b", "a_b", "aB"]) == [("A_B", "a-b"), ("A_B_2", "a_b"), ("A_B_3", "aB")]


def test_long_lines_are_broken() -> None:
    assert definitions(["a" * 60]) == [f'{"A" * 60}: Final = (\n    "{"a" * 60}"\n)']
    assert definitions(['say"']) == ['SAY: Final = "say\\""']
