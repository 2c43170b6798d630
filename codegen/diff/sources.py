"""The two states of a document: what it is now, and what it was at a revision or in a file."""

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.contract.bundle import Bundle
from gateway.contract.compile import load_contract
from gateway.contract.model import Contract
from gateway.errors import Problem, StartError

CHANGELOG = "CHANGELOG.md"


@dataclass(frozen=True, slots=True)
class State:
    """A document with the texts of its files, by their paths below the root document's folder.

    The root document itself is named by `ROOT`, whatever its file is called. `changelog` is the
    revision's ("" where there is none, or the state is a file).
    """

    contract: Contract
    texts: dict[str, str]
    changelog: str = ""


ROOT = "(the document)"


def read_state(spec: Path, changelog: str = "") -> State:
    """Read a document; raises StartError where it cannot be served."""
    contract = load_contract(spec)
    bundle = Bundle(spec)
    folder = spec.resolve().parent
    texts = {}
    for file in bundle.files.digests:
        path = file.resolve()
        name = ROOT if path == spec.resolve() else path.relative_to(folder).as_posix()
        texts[name] = path.read_text(encoding="utf-8-sig")
    return State(contract, texts, changelog)


def base_state(base: str, spec: Path) -> State:
    """Read what `spec` was: `base` is a file, or a revision of the repository that holds `spec`."""
    if Path(base).is_file():
        return read_state(Path(base))
    with _revision(base, spec.resolve()) as (document, changelog):
        return read_state(document, changelog)


@contextmanager
def _revision(revision: str, spec: Path) -> Iterator[tuple[Path, str]]:
    """Give the document as it stood at a revision, and the changelog beside it."""
    root = Path(_git(spec.parent, revision, "rev-parse", "--show-toplevel").decode().strip())
    commit = _git(
        root, revision, "rev-parse", "--verify", "--end-of-options", revision + "^{commit}"
    )
    folder = spec.parent.relative_to(root.resolve()).as_posix()
    tree = commit.decode().strip() + ("" if folder == "." else f":{folder}")
    archive = _git(root, revision, "archive", "--format=tar", tree)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        _unpack(archive, place)
        document = place / spec.name
        if not document.is_file():
            raise _unknown(revision, f"{spec.name} was not there then.")
        yield document, _changelog(root, commit.decode().strip())


def _unpack(archive: bytes, place: Path) -> None:
    """Write an archive's plain files; a link or a name that leads out of the folder is none."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            target = (place / member.name).resolve()
            content = tar.extractfile(member) if member.isfile() else None
            if content is not None and target.is_relative_to(place.resolve()):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.read())


def _changelog(root: Path, commit: str) -> str:
    try:
        return _git(root, commit, "show", f"{commit}:{CHANGELOG}").decode()
    except StartError:
        return ""


def _git(folder: Path, revision: str, *words: str) -> bytes:
    command = ["git", "-C", str(folder), *words]
    try:
        return subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603
    except FileNotFoundError as error:
        raise _unknown(revision, "git is not installed.") from error
    except subprocess.CalledProcessError as error:
        raise _unknown(revision, "It is no file and no revision that git knows.") from error


def _unknown(base: str, message: str) -> StartError:
    mend = "Name a document's file, or a revision such as HEAD, main or a tag."
    return StartError([Problem(base, message, mend)])
