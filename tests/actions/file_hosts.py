"""A host of files: TLS with a certificate of its name, and a resolver that leads to it."""

import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.actions.addresses import Address
from gateway.actions.files_in import FetchRules
from tests.rawhttp import RawRequest
from tests.servers import Answer, RawUpstream

NAME = "files.example.com"
needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="needs the openssl command")


def certificate(folder: Path, name: str = NAME) -> Path:
    """Make a self-signed certificate of a name, with its key in the same file."""
    path, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = [
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
        *("-nodes", "-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"),
        *("-keyout", str(key), "-out", str(path)),
    ]
    subprocess.run(command, check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + key.read_bytes())
    return path


@contextmanager
def file_host(
    folder: Path, answer: Callable[[RawRequest], Answer], name: str = NAME
) -> Iterator[RawUpstream]:
    path = certificate(folder, name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with RawUpstream(answer, tls=context) as host:
        yield host


class Resolver:
    """Leads every name to the addresses of a list, one entry for each time that it is asked."""

    def __init__(self, *answers: Sequence[tuple[str, int]]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str) -> Sequence[tuple[str, int]]:
        self.asked.append(host)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


def trusting(folder: Path, host: RawUpstream, **more: object) -> FetchRules:
    """Return rules under which the host is reached: its name leads to it, and it is trusted."""
    rules = {
        "hosts": frozenset((NAME,)),
        "resolve": Resolver([("127.0.0.1", host.port)]),
        "permits": this_machine,
        "tls": ssl.create_default_context(cafile=folder / f"{NAME}.pem"),
        "seconds": 5.0,
        **more,
    }
    return FetchRules(**rules)  # type: ignore[arg-type]


def this_machine(address: Address) -> bool:
    return address.is_loopback
