"""The settings: where they come from, what is refused, and that their pages tell the truth."""

import re
from pathlib import Path

import attrs
import pytest
import yaml

from gateway.declared import Declared
from gateway.errors import StartError
from gateway.settings import Settings, all_settings

ROOT = Path(__file__).parent.parent
SECRET = "sk-very-secret-value"


def load(env: dict[str, str], env_file: Path | None = None, **overrides: object) -> Settings:
    return Settings.load(env, env_file, **overrides)


def problems(env: dict[str, str], env_file: Path | None = None) -> dict[str, str]:
    with pytest.raises(StartError) as caught:
        load(env, env_file)
    return {problem.place: f"{problem.message} {problem.mend}" for problem in caught.value.problems}


def test_options_over_environment_over_file_over_defaults(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("HOST=10.0.0.1\nPORT=1\nLOG_LEVEL=debug\n")
    found = load({"PORT": "2", "LOG_LEVEL": "ERROR"}, file, log_level="warning", host=None)
    assert (found.host, found.port, found.log_level) == ("10.0.0.1", 2, "warning")
    assert (found.log_format, found.workers, found.spec) == ("auto", 1, None)


def test_settings_made_directly_do_not_read_the_environment() -> None:
    assert Settings(port=9).port == 9
    assert Settings().variable("PATH") is None


def test_lists_are_split_at_commas_and_trimmed() -> None:
    found = load({"RELAY_KEY": " one two ,three,, ", "CORS_ORIGINS": "https://A.example, *"})
    assert found.keys("RELAY_KEY") == ("one two", "three")
    assert found.cors_origins == ("https://a.example", "*")
    assert load({}, upstream=["http://a/", "X.example=https://b/v1"]).upstream == (
        "http://a",
        "x.example=https://b/v1",
    )


def test_keys_of_any_variable(tmp_path: Path) -> None:
    found = load({"TEAM_KEYS": "a, b"})
    assert found.keys("TEAM_KEYS") == ("a", "b")
    assert found.keys("RELAY_KEY") == found.keys("NONE") == ()


def test_secrets_never_show() -> None:
    found = load({"RELAY_KEY": SECRET, "OPENAI_API_KEY": SECRET})
    assert SECRET not in repr(found)
    assert SECRET not in str(attrs.asdict(found))


def test_a_secret_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("from a file\r\n")
    env = {"RELAY_KEY_FILE": str(file), "OPENAI_API_KEY_FILE": str(file)}
    assert load(env).keys("RELAY_KEY") == ("from a file",)
    assert load(env).variable("OPENAI_API_KEY") == "from a file"


def test_a_secret_and_its_file_contradict_each_other(tmp_path: Path) -> None:
    found = problems({"RELAY_KEY": SECRET, "RELAY_KEY_FILE": "x"})
    assert found == {"RELAY_KEY": "RELAY_KEY and RELAY_KEY_FILE are both set. Unset one of them."}
    env_file = tmp_path / ".env"
    env_file.write_text("RELAY_KEY_FILE=/nowhere\n")
    assert load({"RELAY_KEY": "k"}, env_file).keys("RELAY_KEY") == ("k",)


def test_only_secrets_come_from_files(tmp_path: Path) -> None:
    assert load({"HOST_FILE": "/nowhere"}).host == "127.0.0.1"
    assert list(problems({"SPECRELAY_SPEC_FILE": "/nowhere"})) == ["SPECRELAY_SPEC_FILE"]


def test_variables(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("OPENAI_API_KEY='a # b'\nexport OPENAI_API_BASE=http://x/${HOME} # note\nE=\n")
    found = load({"E": "", "OPENAI_PROJECT": ""}, file)
    assert found.variable("OPENAI_API_KEY") == "a # b"
    assert found.variable("OPENAI_API_BASE") == "http://x/${HOME}"
    assert found.variable("E") is None
    assert load({"OPENAI_API_KEY": ""}, file).variable("OPENAI_API_KEY") is None
    assert found.with_variables({"E": "set"}).variable("E") == "set"
    assert found.variable("E") is None


def test_with_variables_hides_files(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("OPENAI_API_KEY_FILE=/nowhere\n")
    found = load({"OPENAI_API_KEY_FILE": "/nowhere"}, file).with_variables({"OPENAI_API_KEY": "x"})
    assert found.variable("OPENAI_API_KEY") == "x"


def test_all_problems_are_told_at_once_without_values(tmp_path: Path) -> None:
    found = problems(
        {
            "RELAY_KEY_FILE": str(tmp_path / "none"),
            "PORT": SECRET,
            "PUBLIC_URL": f"https://user:{SECRET}@host/",
            "TRUSTED_PROXIES": f"10.0.0.0/8, {SECRET}",
            "CORS_ORIGINS": f"https://a.example/{SECRET}",
            "LOG_FORMAT": SECRET,
            "SPECRELAY_UPSTREAM": SECRET,
            "SPECRELAY_CREDENTIALS": SECRET,
            "SPECRELAY_WORKERS": "0",
            "SPECRELAY_OPEN_DOCUMENTS": SECRET,
            "SPECRELAY_UPSTREM": "x",
        }
    )
    assert len(found) == 11
    assert SECRET not in str(found)
    assert found["SPECRELAY_UPSTREM"] == (
        "There is no such setting. Did you mean 'SPECRELAY_UPSTREAM'?"
    )
    assert found["PORT"].endswith("Write it like 8080.")
    assert found["RELAY_KEY_FILE"].startswith("The file cannot be read: ")


def test_an_unknown_name_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("SPECRELAY_WORKER=2\nOTHER=1\n")
    assert list(problems({}, file)) == ["SPECRELAY_WORKER"]


def test_a_broken_line_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(f"HOST=x\nKEY='{SECRET}\n")
    found = problems({}, file)
    assert list(found) == [f"{file}:2"]
    assert SECRET not in str(found)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert load({}, tmp_path / "none" / ".env").port == 8080


def row(each: Declared) -> str:
    default = f"`{each.default}`" if each.default else ""
    return f"| `{each.name}` | {default} | {each.help} |"


def test_the_page_lists_every_setting_as_it_is() -> None:
    page = (ROOT / "docs/settings.md").read_text(encoding="utf-8").splitlines()
    wanted = [row(each) for each in all_settings()]
    start = page.index("| Name | Default | Meaning |") + 2
    assert page[start : start + len(wanted)] == wanted, (
        "docs/settings.md is out of date; its table is:\n" + "\n".join(wanted)
    )
    assert page[start + len(wanted)] == ""


def variables_of_the_document() -> set[str]:
    names: set[str] = set()

    def walk(node: object, *, inside: bool) -> None:
        if isinstance(node, dict):
            if inside:
                names.update(v for k, v in node.items() if k in ("env", "relay-keys"))
            for key, value in node.items():
                walk(value, inside=inside or key == "x-gateway")
        elif isinstance(node, list):
            for each in node:
                walk(each, inside=inside)

    for file in [ROOT / "spec/openapi.yaml", *(ROOT / "spec/families").glob("*.yaml")]:
        walk(yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader), inside=False)
    return names


def test_the_page_lists_the_variables_of_the_shipped_document() -> None:
    page = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    _, _, section = page.partition("## What the shipped document names")
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", section, re.MULTILINE))
    wanted = variables_of_the_document() - {each.name for each in all_settings()}
    assert told == wanted, "docs/settings.md, last table: correct its rows to these names"


def test_the_example_file_lists_every_setting_as_it_is() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    wanted = "".join(f"# {each.help}\n# {each.name}={each.example}\n\n" for each in all_settings())
    assert wanted in text, f".env.example is out of date; it lists the settings so:\n{wanted}"
    named = set(re.findall(r"^# ([A-Z_]+)=", text, re.MULTILINE))
    assert named == {each.name for each in all_settings()} | variables_of_the_document()
