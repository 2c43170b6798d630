"""Samples as text: a curl command, and Python with the API's SDK where its calls are known."""

import json
import re
import shlex
from typing import Any

from codegen.literals import Source, called
from codegen.samples import Sample
from gateway.contract.model import Contract, Operation

ADDRESS = "http://127.0.0.1:8080"
KEY = "$RELAY_KEY"
ANSWER = "answer.bin"
TEXT = re.compile(r"^text/|json|xml|yaml|^application/(x-www-form-urlencoded|sdp)$")
OPENAI = "api.openai.com"
# Where the SDK's method is not what the path says.
IRREGULAR = {
    "images/generations": "images.generate",
    "images/edits": "images.edit",
    "images/variations": "images.create_variation",
    "audio/speech": "audio.speech.create",
    "audio/transcriptions": "audio.transcriptions.create",
    "audio/translations": "audio.translations.create",
    "chat/completions": "chat.completions.create",
    "embeddings": "embeddings.create",
    "moderations": "moderations.create",
}
VERBS = {"POST": "create", "GET": "list", "DELETE": "delete"}
VERBS_OF_ONE = {"POST": "update", "GET": "retrieve", "DELETE": "delete"}

# Resources that stand deeper in the SDK than their paths say.
DEEPER = {
    "agents": "beta.agents",
    "assistants": "beta.assistants",
    "chatkit": "beta.chatkit",
    "threads": "beta.threads",
    "vaults": "beta.agents.vaults",
}
# Resources whose methods are not named for their paths: their samples do without the SDK.
UNLIKE_THEIR_PATHS = frozenset(
    ("live", "organization", "projects", "safety", "webhook_endpoints", "webhook_event_types")
)


def curl(sample: Sample, operation: Operation, contract: Contract) -> str:
    """Write a sample as a curl command."""
    lines = [f"curl {shlex.quote(ADDRESS + sample.target)}"]
    if sample.method not in ("GET", "POST") or (sample.method == "POST" and sample.kind is None):
        lines[0] = f"curl -X {sample.method} {shlex.quote(ADDRESS + sample.target)}"
    lines.append(f'-H "{_key_field(contract)}{KEY}"')
    if sample.kind in ("json", "raw"):
        lines[-1] += f' -H "Content-Type: {sample.media_type}"'
    if sample.kind == "json":
        lines.append(f"-d {shlex.quote(json.dumps(sample.body, ensure_ascii=False))}")
    elif sample.kind == "raw":
        lines.append("--data-binary @body")
    elif sample.kind is not None:
        option = "-F" if sample.kind == "multipart" else "--data-urlencode"
        pairs = [*sample.fields, *((name, f"@{name}.bin") for name in sample.files)]
        lines += [f"{option} {shlex.quote(f'{name}={text}')}" for name, text in pairs]
    if _is_binary(operation):
        lines.append(f"-o {ANSWER}")
    return " \\\n  ".join(lines)


def python(sample: Sample, operation: Operation, contract: Contract) -> str:
    """Write a sample as Python: what the document says, the API's SDK, or plain httpx."""
    said = _declared(operation)
    if said is not None:
        return said
    name = sdk_method(operation, contract)
    binary = _is_binary(operation)
    return _with_sdk(sample, name, binary) if name else _with_httpx(sample, contract, binary)


def sdk_method(operation: Operation, contract: Contract) -> str | None:
    """Return the OpenAI SDK's method for an operation, such as `files.create`."""
    hosts = [upstream.url for upstream in contract.upstreams.values()] + [operation.server]
    if operation.local or not any(OPENAI in host for host in hosts):
        return None
    parts = [part for part in operation.path.split("/") if part][1:]  # less the version
    names = [part for part in parts if not part.startswith("{")]
    said = IRREGULAR.get("/".join(parts)) if operation.method == "POST" else None
    if said or not names or names[0] in UNLIKE_THEIR_PATHS:
        return said
    names[:1] = DEEPER.get(names[0], names[0]).split(".")
    if parts[-1].startswith("{"):
        return ".".join([*names, VERBS_OF_ONE[operation.method]])
    if len(names) > 1 and not _is_collection(operation.path, contract):
        return ".".join(names)  # the last one is what is done: `cancel`, `search`
    return ".".join([*names, VERBS[operation.method]])


def _is_collection(path: str, contract: Contract) -> bool:
    """Tell whether something can be listed at a path, or lies below it."""
    return any(
        (each.path == path and each.method == "GET") or each.path.startswith(f"{path}/{{")
        for each in contract.operations.values()
    )


def _key_field(contract: Contract) -> str:
    kinds = {scheme.kind for scheme in contract.schemes.values()}
    return "Authorization: Bearer " if kinds == {"bearer"} else "X-Relay-Key: "


def _declared(operation: Operation) -> str | None:
    """Return the Python sample that the document gives (`x-codeSamples`)."""
    samples = operation.document.get("x-codeSamples")
    for each in samples if isinstance(samples, list) else ():
        if isinstance(each, dict) and str(each.get("lang", "")).lower() == "python":
            return str(each.get("source", "")).rstrip()
    return None


def _data(sample: Sample) -> dict[str, str | list[str]]:
    """Return the fields of a form as httpx takes them: a name that is repeated has a list."""
    found: dict[str, list[str]] = {}
    for name, text in sample.fields:
        found.setdefault(name, []).append(text)
    return {name: texts if len(texts) > 1 else texts[0] for name, texts in found.items()}


def _with_sdk(sample: Sample, name: str, binary: bool) -> str:
    given: dict[str, Any] = {**sample.path_values, **sample.query}
    if isinstance(sample.body, dict):
        given |= {key: value for key, value in sample.body.items() if key not in sample.files}
    arguments = list(given.items())
    arguments += [(key, Source(f'open("{key}.bin", "rb")')) for key in sample.files]
    client = f'client = OpenAI(base_url="{ADDRESS}/v1", api_key=os.environ["RELAY_KEY"])'
    answer = f"answer = {called(f'client.{name}', arguments)}"
    use = f'answer.write_to_file("{ANSWER}")' if binary else "print(answer)"
    return "\n".join(["import os", "", "from openai import OpenAI", "", client, answer, use])


def _with_httpx(sample: Sample, contract: Contract, binary: bool) -> str:
    field, _, scheme = _key_field(contract).partition(": ")
    key = "f\"Bearer {os.environ['RELAY_KEY']}\"" if scheme else 'os.environ["RELAY_KEY"]'
    arguments: list[tuple[str, Any]] = [("", sample.target)]
    if sample.kind == "json":
        arguments.append(("json", sample.body))
    elif sample.kind == "raw":
        arguments.append(("content", Source('open("body", "rb")')))
    elif sample.kind is not None:
        if sample.fields:
            arguments.append(("data", _data(sample)))
        if sample.files:
            opened = ", ".join(f'"{name}": open("{name}.bin", "rb")' for name in sample.files)
            arguments.append(("files", Source(f"{{{opened}}}")))
    headers = Source(f'{{"{field}": {key}}}')
    client = f"client = {called('httpx.Client', [('base_url', ADDRESS), ('headers', headers)])}"
    answer = f"answer = {called(f'client.{sample.method.lower()}', arguments)}"
    use = "print(answer.text)"
    lines = ["import os", "", "import httpx", "", client, answer, use]
    if binary:
        lines[-1] = f'Path("{ANSWER}").write_bytes(answer.content)'
        lines.insert(1, "from pathlib import Path")
    return "\n".join(lines)


def _is_binary(operation: Operation) -> bool:
    """Tell whether the operation answers bytes that are no text."""
    for answer in operation.answers:
        if answer.status.startswith("2"):
            kinds = list(answer.content)
            return bool(kinds) and not TEXT.search(kinds[0])
    return False
