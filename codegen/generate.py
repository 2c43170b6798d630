"""Write what is made of a contract, or compare it with what is there: one code path for both."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from codegen.outputs import CHECKOUT, FOLDER, Layout, outputs
from codegen.project import project_reported
from gateway.contract.compile import load_contract
from gateway.contract.model import Contract
from gateway.errors import Problem, StartError
from gateway.resources import spec_folder

MARK = "report.md"  # tells an earlier output's folder from one with files of somebody's own
SHIPPED = "spec/openapi.yaml"


@dataclass(frozen=True, slots=True)
class Task:
    """What is made of what: `owned` are the folders that hold made files and nothing else."""

    spec: Path
    root: Path
    layout: Layout
    owned: tuple[str, ...]
    source: str
    command: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not as it should be. Paths are relative to the task's root."""

    edited: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    patch: str = ""

    def __bool__(self) -> bool:
        return bool(self.edited or self.missing or self.extra)


def plan(spec: Path | None, out: Path | None) -> Task:
    """Decide what is made of which document, and where it goes.

    Without `out`, the shipped document's checkout is written. Raises StartError where there is
    none, or where `out` holds files that were not made here.
    """
    shipped = spec_folder() / "openapi.yaml"
    spec = spec or shipped
    if out is None:
        root = spec_folder().parent
        if spec.resolve() != shipped.resolve() or not (root / "pyproject.toml").is_file():
            mend = "Name a folder for what is made of it: --out FOLDER."
            raise StartError([Problem(spec.name, "This is not the document of a checkout.", mend)])
        owned = (CHECKOUT.published, CHECKOUT.reference, CHECKOUT.code)
        return Task(spec, root, CHECKOUT, owned, SHIPPED, "make generate")
    if out.exists() and not _is_ours(out):
        mend = "Name a new or an empty folder: it is wholly the generator's."
        raise StartError([Problem(out.name, "The folder holds files of another kind.", mend)])
    return Task(spec, out, FOLDER, (".",), spec.name, "specrelay generate")


def make(task: Task, contract: Contract | None = None) -> dict[str, str]:
    """Return the text of every file, by its path under the task's root."""
    contract = contract or load_contract(task.spec)
    projected = project_reported(contract)
    return outputs(contract, projected, task.layout, source=task.source, command=task.command)


def compare(task: Task, made: Mapping[str, str]) -> Difference:
    """Compare what was made with what is there: missing and extra files, and a unified diff."""
    there = _files(task)
    edited: list[str] = []
    patch: list[str] = []
    for path in sorted(made.keys() & there):
        old = _text(task.root / path)
        if old != made[path]:
            edited.append(path)
            patch += unified_diff(
                old.splitlines(keepends=True),
                made[path].splitlines(keepends=True),
                fromfile=path,
                tofile=f"{path} (generated)",
            )
    return Difference(
        edited=tuple(edited),
        missing=tuple(sorted(made.keys() - there)),
        extra=tuple(sorted(there - made.keys())),
        patch="".join(line if line.endswith("\n") else line + "\n" for line in patch),
    )


def write(task: Task, made: Mapping[str, str]) -> Difference:
    """Make what is there what was made: only what differs is touched. Returns what differed."""
    found = compare(task, made)
    for path in (*found.edited, *found.missing):
        target = task.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(made[path], encoding="utf-8", newline="\n")
    for path in found.extra:
        (task.root / path).unlink()
    return found


def _files(task: Task) -> set[str]:
    """Return the files in the owned folders; byte code and hidden files are nobody's."""
    found = set()
    for folder in task.owned:
        for path in (task.root / folder).rglob("*"):
            inner = path.relative_to(task.root)
            if not path.is_file() or any(
                part == "__pycache__" or part.startswith(".") for part in inner.parts
            ):
                continue
            found.add(inner.as_posix())
    return found


def _text(path: Path) -> str:
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return file.read()


def _is_ours(folder: Path) -> bool:
    if not folder.is_dir():
        return False
    if not any(folder.iterdir()):
        return True
    mark = folder / MARK
    return mark.is_file() and _text(mark).startswith("<!-- Made from ")
