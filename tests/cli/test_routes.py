"""`specrelay routes`."""

from pathlib import Path

from tests.cli.commands import run


def rows(home: Path, *options: str) -> list[list[str]]:
    done = run(home, "routes", *options)
    assert done.returncode == 0, done.stderr
    return [line.split("\t") for line in done.stdout.splitlines()]


def test_the_routes_of_a_document(home: Path) -> None:
    found = rows(home, "--spec", "pets.yaml")
    assert ["GET", "/v2/pets/{id}", "getPet", "https://api.pets.example", ""] in found
    assert len(found) == 4


def test_an_upstream_from_the_command_line(home: Path) -> None:
    found = rows(home, "--spec", "pets.yaml", "--upstream", "http://127.0.0.1:9/x")
    assert {row[3] for row in found} == {"http://127.0.0.1:9/x"}


def test_the_shipped_document(home: Path) -> None:
    found = {row[2]: row for row in rows(home)}
    assert found["createResponse"][:2] == ["POST", "/v1/responses"]
    assert found["health"][3] == "local"
    assert found["createResponse"][4] == "actions=direct"


def test_a_document_without_servers_is_listed(home: Path) -> None:
    text = (home / "pets.yaml").read_text(encoding="utf-8")
    (home / "bare.yaml").write_text(text.replace("servers:", "x-servers:"), encoding="utf-8")
    assert {row[3] for row in rows(home, "--spec", "bare.yaml")} == {""}
