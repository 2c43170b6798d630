"""Which references are followed, and that every other one is an error which names it."""

from pathlib import Path

import pytest

from gateway.contract.files import Files
from gateway.errors import Problem
from tests.contract.loading import Loader, minimal

SECRET = "openapi: 3.1.0\nsecret: {type: string}\n"


def with_reference(reference: str) -> dict[str, object]:
    return minimal(components={"schemas": {"A": {"$ref": reference}, "B": {"$ref": reference}}})


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("../outside.yaml#/secret", "leads out of the document's folder"),
        ("%2e%2e/outside.yaml#/secret", "leads out of the document's folder"),
        ("sub/../../outside.yaml#/secret", "leads out of the document's folder"),
        ("/etc/hostname", "leads out of the document's folder"),
        ("link.yaml#/secret", "leads out of the document's folder"),
        ("linked/outside.yaml#/secret", "leads out of the document's folder"),
        ("http://127.0.0.1:1/a.yaml", "is a URL, which is not fetched"),
        ("HTTPS://example.com/a.yaml#/A", "is a URL, which is not fetched"),
        ("file:///etc/hostname", "is a URL, which is not fetched"),
        ("//example.com/a.yaml", "is a URL, which is not fetched"),
        ("urn:example:a", "is a URL, which is not fetched"),
        ("gone.yaml#/A", "cannot be followed: The file is not readable"),
        ("sub", "cannot be followed: The file is not readable"),
        ("broken.yaml", "cannot be followed: The file is not YAML: mapping values are not"),
        ("list.yaml", "cannot be followed: The file is not a mapping"),
        ("good.yaml#/nowhere", "leads nowhere"),
        ("good.yaml#Anchor", "leads nowhere"),
        ("a%00b.yaml", "is no file name"),
    ],
)
def test_a_reference_that_is_not_followed(load: Loader, reference: str, words: str) -> None:
    (load.folder.parent / "outside.yaml").write_text(SECRET, encoding="utf-8")
    (load.folder / "sub").mkdir()
    (load.folder / "link.yaml").symlink_to("../outside.yaml")
    (load.folder / "linked").symlink_to("..")
    load.write("good.yaml", {"A": {}})
    load.write("broken.yaml", "a: b: c")
    load.write("list.yaml", "- a")
    (problem,) = load.problems(with_reference(reference))
    assert problem.place == "/components/schemas/A"
    assert problem.message.startswith(f"The reference {reference!r} {words}")
    assert problem.mend


def test_the_place_of_a_problem_in_another_file(load: Loader) -> None:
    (problem,) = load.problems(with_reference("other.yaml#/A"), other={"A": {"$ref": "gone.yaml"}})
    assert problem.place == "other.yaml#/A"


def test_a_symlink_that_stays_below_the_folder_is_followed(load: Loader) -> None:
    load.write("sub/real.yaml", {"A": {"type": "string"}})
    (load.folder / "link.yaml").symlink_to("sub/real.yaml")
    contract = load(with_reference("link.yaml#/A"))
    assert contract.bundle["components"]["schemas"]["A"] == {"$ref": "#/components/schemas/A_2"}


def test_a_root_that_is_a_symlink_is_read_where_it_really_stands(load: Loader) -> None:
    load.write("real/other.yaml", {"A": {"type": "string"}})
    load.write("real/root.yaml", with_reference("other.yaml#/A"))
    link = load.folder / "link.yaml"
    link.symlink_to("real/root.yaml")
    problems: list[Problem] = []
    files = Files(link, problems)
    files.root_tree()
    assert files.target("other.yaml#/A", files.root, "") == (files.folder / "other.yaml", "/A")
    assert problems == []


def test_each_file_is_read_once_and_hashed(load: Loader) -> None:
    problems: list[Problem] = []
    other = load.write("other.yaml", {"A": {}})
    files = Files(load.write("root.yaml", {}), problems)
    files.root_tree()
    assert files.target("other.yaml#/A", files.root, "") == (other, "/A")
    other.unlink()
    assert files.target("other.yaml#/A", files.root, "") == (other, "/A")
    assert set(files.digests) == {load.folder / "root.yaml", other}
    assert files.place(files.root, "/a") == "/a"
    assert files.place(Path(other), "/a") == "other.yaml#/a"
