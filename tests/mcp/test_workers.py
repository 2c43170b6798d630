"""Two workers of `specrelay serve`: whichever takes a message can answer it."""

from pathlib import Path
from typing import Any

import httpx
from mcp.client.client import Client
from mcp_types import ResourceLink

from tests.cli.commands import PETS, serving
from tests.mcp.gateways import KEY, using
from tests.rawhttp import RawRequest, respond
from tests.servers import RawUpstream

FILM = """\
  /film:
    get:
      operationId: getFilm
      responses:
        '200': {description: film, content: {video/mp4: {schema: {type: string, format: binary}}}}
"""
ENV = {"RELAY_KEY": KEY}


def answer(request: RawRequest) -> bytes:
    if request.target.endswith(b"/film"):
        return respond(bytes(2 << 20), headers=[("Content-Type", "video/mp4")])
    return respond(b'{"name": "Rex"}', headers=[("Content-Type", "application/json")])


def test_every_worker_answers_and_serves_what_another_kept(tmp_path: Path) -> None:
    (tmp_path / "pets.yaml").write_text(PETS + FILM, encoding="utf-8")
    with RawUpstream(answer) as upstream:
        arguments = ["--spec", "pets.yaml", "--upstream", upstream.url, "--workers", "2"]
        with serving(tmp_path, "serve", *arguments, env=ENV) as served:
            url = f"{served.url}/-/mcp"
            for mode in ("legacy", "auto"):
                for _ in range(3):  # each client has connections of its own
                    names, pet = using(url, listing_and_calling, mode=mode)
                    assert {"listPets", "createPet", "getPet", "getFilm"} <= names
                    assert pet.structured_content == {"name": "Rex"}
            film = using(url, lambda client: client.call_tool("getFilm"))
            (link,) = [each for each in film.content if isinstance(each, ResourceLink)]
            for _ in range(8):  # each on a connection of its own, which either worker may get
                assert len(httpx.get(link.uri, trust_env=False).content) == 2 << 20
            assert served.stop() == 0


async def listing_and_calling(client: Client) -> tuple[set[str], Any]:
    names = {tool.name for tool in (await client.list_tools()).tools}
    return names, await client.call_tool("getPet", {"id": "rex"})
