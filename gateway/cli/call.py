"""`specrelay call`: one call through a running gateway, printed."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from gateway.cli.console import print_problems
from gateway.cli.options import Spec
from gateway.errors import Problem

if TYPE_CHECKING:
    import httpx

    from gateway.cli.call_request import CallRequest, Pairs
    from gateway.settings import Settings

KEY_FIELD = "X-Relay-Key"
CONNECT_TIME = 5.0  # seconds


Called = Annotated[
    str,
    Parameter(
        help="Name of the operation (`routes` lists them), or the JSON of a tool call as a model "
        "wrote it: text, @FILE, or - for standard input.",
        allow_leading_hyphen=True,
    ),
]
Param = Annotated[
    list[str] | None,
    Parameter(help="NAME=VALUE: a path, query, header or cookie parameter.", negative=""),
]
Body = Annotated[
    str | None,
    Parameter(help="The body: text, @FILE, or - for standard input.", allow_leading_hyphen=True),
]
Field = Annotated[
    list[str] | None,
    Parameter(help="NAME=VALUE or NAME=@FILE: a field of a form or upload.", negative=""),
]
Url = Annotated[str | None, Parameter(help="The gateway. [default: http://HOST:PORT]")]
Key = Annotated[str | None, Parameter(help="The relay key. [default: RELAY_KEY]")]


def call(
    operation_id: Called,
    *,
    param: Param = None,
    body: Body = None,
    field: Field = None,
    url: Url = None,
    key: Key = None,
    spec: Spec = None,
) -> int:
    """Make the call; 1 where the answer's status is 400 or more."""
    from gateway.cli.call_request import build_request, find_operation, pairs, wrong
    from gateway.cli.opening import open_document

    opened = open_document(spec=spec)
    url = url or _own_url(opened.settings)
    tool_call = _tool_call(operation_id)
    if tool_call is not None:
        from gateway.cli.tool_call import read_tool_call, request_of

        if param or body is not None or field:
            wrong("A tool call has its arguments in it; leave --param, --body and --field out.")
        request, data = request_of(opened.contract, *read_tool_call(tool_call))
        return _send(request, {"content": data} if data else {}, url, key, opened.settings)
    operation = find_operation(opened.contract.operations, operation_id)
    if body is not None and field:
        wrong("Give --body or --field, not both.")
    carrier = "body" if body is not None else "fields" if field else None
    request = build_request(operation, pairs(param or (), "--param"), carrier)
    content = _content(request, body, pairs(field or (), "--field"))
    return _send(request, content, url, key, opened.settings)


def _tool_call(text: str) -> str | None:
    """Return the text of a tool call; None for the name of an operation."""
    from gateway.cli.call_request import FILE_SIGN
    from gateway.cli.tool_call import is_tool_call

    said = _read(text) if text[:1] in (FILE_SIGN, "-") else text
    return said if is_tool_call(said) else None


def _own_url(settings: "Settings") -> str:
    from gateway.cli.sockets import client_url

    return client_url(settings.host, settings.port)


def _content(request: "CallRequest", body: str | None, fields: "Pairs") -> dict[str, Any]:
    """Return the body as httpx takes it; files are opened, and read while they are sent."""
    from gateway.cli.call_request import FILE_SIGN, form_body

    if body is not None:
        return {"content": _bytes(body)}
    if not fields:
        return {}
    if request.media_type != "multipart/form-data":
        return {"content": form_body(fields)}
    parts: list[tuple[str, tuple[Any, ...]]] = []
    for name, value in fields:
        if value.startswith(FILE_SIGN):
            path = _file(value)
            parts.append((name, (path.name, path.open("rb"))))
        else:
            parts.append((name, (None, value.encode())))
    return {"files": parts}


def _read(text: str) -> str:
    try:
        return _bytes(text).decode()
    except UnicodeDecodeError:
        from gateway.cli.call_request import wrong

        wrong("The tool call is no UTF-8.")


def _bytes(text: str) -> bytes:
    """Return what an argument stands for: standard input, a file's content, or itself."""
    from gateway.cli.call_request import FILE_SIGN

    if text == "-":
        return sys.stdin.buffer.read()
    return _file(text).read_bytes() if text.startswith(FILE_SIGN) else text.encode()


def _file(text: str) -> Path:
    from gateway.cli.call_request import wrong

    path = Path(text[1:])
    if not path.is_file():
        wrong(f"There is no file {str(path)!r}.")
    return path


def _send(
    request: "CallRequest", content: dict[str, Any], url: str, key: str | None, settings: "Settings"
) -> int:
    import httpx

    headers = list(request.headers)
    if request.media_type and "files" not in content:  # httpx writes an upload's, with its boundary
        headers.append(("Content-Type", request.media_type))
    keys = settings.keys("RELAY_KEY")
    if key or keys:
        headers.append((KEY_FIELD, key or keys[0]))
    timeout = httpx.Timeout(None, connect=CONNECT_TIME)
    try:
        with (
            httpx.Client(timeout=timeout, trust_env=not _is_local(url)) as client,
            client.stream(
                request.method, url.rstrip("/") + request.target, headers=headers, **content
            ) as response,
        ):
            _print(response)
            return 1 if response.status_code >= 400 else 0
    except (httpx.TransportError, httpx.InvalidURL) as error:
        message = f"The call failed: {error or type(error).__name__}."
        mend = "Start the gateway with `specrelay serve`, or name it with --url."
        print_problems([Problem(url, message, mend)])
        return 1


def _is_local(url: str) -> bool:
    """Tell whether no proxy of the environment may come between."""
    from urllib.parse import urlsplit

    from gateway.cli.sockets import is_loopback

    return is_loopback(urlsplit(url).hostname or "")


def _print(response: "httpx.Response") -> None:
    """Write the status to standard error and the body, as it comes, to standard output."""
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    print(f"HTTP {response.status_code} {media_type}".rstrip(), file=sys.stderr, flush=True)
    if not sys.stdout.isatty():
        for chunk in response.iter_bytes():
            sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
        return
    from rich.console import Console

    if media_type == "application/json" or media_type.endswith("+json"):
        Console().print_json(response.read().decode())
    elif media_type.startswith("text/"):
        for text in response.iter_text():
            print(text, end="", flush=True)
    else:
        size = sum(len(chunk) for chunk in response.iter_bytes())
        print(f"{size} bytes of {media_type or 'unknown content'}; write them to a file with `>`.")
