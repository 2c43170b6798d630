"""`specrelay check` and the strict validator behind it."""

import json
from pathlib import Path

from gateway.cli.strict import strict_findings
from tests.cli.commands import run

BROKEN = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "ok"}}}}},
    "components": {
        "schemas": {
            "Doubled": {"type": "object", "required": ["x", "x"]},
            "Default": {"type": "string", "default": None},
            "Old/Style": {"type": "object", "properties": {"y": {"exclusiveMinimum": True}}},
        }
    },
}
SCHEMAS = "/components/schemas"


def test_strict_findings_have_their_place(tmp_path: Path) -> None:
    found = {problem.place: problem for problem in strict_findings(BROKEN, tmp_path)}
    assert f"{SCHEMAS}/Doubled/required" in found
    assert f"{SCHEMAS}/Default/default" in found
    assert f"{SCHEMAS}/Old~1Style/properties/y/exclusiveMinimum" in found
    assert not any(problem.fatal for problem in found.values())


def test_strict_findings_are_kept_by_content(tmp_path: Path) -> None:
    first = strict_findings(BROKEN, tmp_path)
    (entry,) = tmp_path.iterdir()
    entry.write_text(json.dumps([["/kept", "From the cache."]]), encoding="utf-8")
    assert [problem.place for problem in strict_findings(BROKEN, tmp_path)] == ["/kept"]
    entry.write_text("broken", encoding="utf-8")
    assert strict_findings(BROKEN, tmp_path) == first
    changed = {**BROKEN, "info": {"title": "U", "version": "1"}}
    assert strict_findings(changed, tmp_path) == first


def test_a_cache_that_cannot_be_written_costs_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    assert strict_findings(BROKEN, file / "below")


def test_a_document_that_can_be_served(home: Path) -> None:
    done = run(home, "check", "--spec", "pets.yaml")
    assert done.returncode == 0
    assert "--credential Token=VARIABLE" in done.stderr
    assert done.stdout == "Pets: 4 operations, 0 errors, 1 warnings\n"


def test_the_document_alone(home: Path) -> None:
    assert run(home, "check", "--spec", "pets.yaml", "--document").stderr == ""
    done = run(home, "check", "--document")
    assert done.returncode == 0, done.stderr


def test_errors_of_serving_are_all_told(home: Path) -> None:
    done = run(home, "check", env={"HOST": "0.0.0.0"})
    assert done.returncode == 1
    assert "OPENAI_API_KEY" in done.stderr
    done = run(home, "check", env={"HOST": "0.0.0.0", "OPENAI_API_KEY": "x"})
    assert "error: HOST: " in done.stderr
    assert "Set RELAY_KEY, or listen on 127.0.0.1." in done.stderr


def test_warnings_of_the_validator_are_shown(home: Path) -> None:
    (home / "broken.json").write_text(json.dumps(BROKEN), encoding="utf-8")
    done = run(home, "check", "--spec", "broken.json", "--document")
    assert done.returncode == 0
    assert f"warning: {SCHEMAS}/Doubled/required: " in done.stderr


def test_a_document_that_cannot_be_served(home: Path) -> None:
    (home / "old.yaml").write_text("swagger: '2.0'\ninfo: {title: T, version: '1'}\npaths: {}\n")
    done = run(home, "check", "--spec", "old.yaml")
    assert done.returncode == 1
    assert "Swagger 2.0" in done.stderr
