"""`specrelay call` against a real server, and `specrelay mock` as that server."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.commands import Served, run, serving
from tests.servers import RawUpstream, respond


@pytest.fixture
def mock(home: Path) -> Iterator[Served]:
    with serving(home, "mock", "--spec", "pets.yaml") as served:
        yield served


def test_calls_through_a_server(home: Path, mock: Served) -> None:
    assert "ANSWERS ARE MADE UP" in mock.text()
    ours = ("--spec", "pets.yaml", "--url", mock.url)
    done = run(home, "call", "getPet", *ours, "--param", "id=7")
    assert (done.returncode, done.stderr) == (0, "HTTP 200 application/json\n")
    assert "name" in json.loads(done.stdout)
    done = run(home, "call", "createPet", *ours, "--body", "-", stdin=b'{"name": "x"}')
    assert done.returncode == 0, done.stdout
    assert mock.stop() == 0


def test_what_is_sent(home: Path) -> None:
    (home / "note.txt").write_text("hello")
    env = {"RELAY_KEY": "key one, key two"}
    with RawUpstream(lambda request: respond(b"done")) as upstream:
        ours = ("--spec", "pets.yaml", "--url", upstream.url + "/")
        fields = ("--field", "note=hi", "--field", "file=@note.txt")
        done = run(home, "call", "addPhoto", *ours, *fields, env=env)
        assert done.returncode == 0, done.stderr
        run(home, "call", "createPet", *ours, "--body", '{"name": "x"}', "--key", "mine", env=env)
        run(home, "call", "createPet", *ours, "--body", "@note.txt")
    first, second, third = upstream.requests
    assert first.target == b"/v2/photos"
    assert (b"X-Relay-Key", b"key one") in first.fields
    assert b'name="note"\r\n\r\nhi\r\n' in first.body
    assert b'name="file"; filename="note.txt"\r\n' in first.body
    assert (b"X-Relay-Key", b"mine") in second.fields
    assert (b"Content-Type", b"application/json") in second.fields
    assert second.body == b'{"name": "x"}'
    assert third.body == b"hello"
    assert not [value for name, value in third.fields if name.lower() == b"x-relay-key"]


def test_an_error_is_printed_and_told_by_the_exit_code(home: Path) -> None:
    with RawUpstream(lambda request: respond(b"no", status="404 Not Found")) as upstream:
        done = run(home, "call", "listPets", "--spec", "pets.yaml", "--url", upstream.url)
    assert (done.returncode, done.stdout) == (1, "no")
    assert done.stderr.startswith("HTTP 404")


def test_no_gateway_there(home: Path) -> None:
    done = run(home, "call", "listPets", "--spec", "pets.yaml", env={"PORT": "1"})
    assert done.returncode == 1
    assert done.stderr.startswith("error: http://127.0.0.1:1: The call failed: ")
    assert "specrelay serve" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("getPett",), "Did you mean 'getPet'?"),
        (("getPet",), "--param id=…"),
        (("createPet", "--body", "@none"), "There is no file 'none'."),
        (("createPet", "--body", "{}", "--field", "a=b"), "not both"),
    ],
)
def test_a_wrong_call_is_explained(home: Path, words: tuple[str, ...], said: str) -> None:
    done = run(home, "call", *words, "--spec", "pets.yaml")
    assert done.returncode == 2
    assert said in done.stderr
