"""The rules of the tree: sizes, names, directions of imports, and what no file may name."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = sorted(
    path
    for part in ("gateway", "codegen", "tests")
    for path in (ROOT / part).rglob("*.py")
    if "_generated" not in path.parts
)
LONGEST_FUNCTION = 40
LONGEST_FILE = 250
VAGUE = {"utils.py", "util.py", "helpers.py", "base.py", "manager.py", "common.py", "misc.py"}

# What a package may not import. The tree is the pipeline: contract and checks know nothing of how
# a request comes in or goes out, and the command line is known to nobody.
INNER = ("relay", "stages", "transport", "local", "standin", "cli", "app", "plan", "settings")
FORBIDDEN = {
    "gateway/contract": INNER,
    "gateway/validate": INNER,
    "gateway/transport": ("stages", "local", "standin", "cli", "app", "plan"),
    "gateway/standin": ("relay", "stages", "transport", "local", "cli", "app", "plan"),
    "gateway/relay": ("stages", "local", "standin", "cli", "app"),
    "gateway/stages": ("standin", "cli", "app"),
    "gateway/local": ("standin", "cli", "app"),
}
# One module knows the library that carries the traffic.
SOLE_IMPORTER = {"aiohttp": "gateway/transport/"}


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def top_level_imports(path: Path) -> Iterator[str]:
    for node in tree_of(path).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_no_function_is_too_long() -> None:
    found = [
        f"{name_of(path)}:{node.lineno} {node.name} has {length} lines"
        for path in CODE
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert not found, "\n".join(found)


def test_no_file_is_too_long() -> None:
    sizes = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in CODE}
    found = [f"{name} has {size} lines" for name, size in sizes.items() if size > LONGEST_FILE]
    assert not found, "\n".join(found)


def test_no_file_has_a_vague_name() -> None:
    assert not [name_of(path) for path in CODE if path.name in VAGUE]


def only_passes_on(path: Path) -> bool:
    statements = [
        node
        for node in tree_of(path).body
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        and not (
            isinstance(node, ast.Assign)
            and any(isinstance(each, ast.Name) and each.id == "__all__" for each in node.targets)
        )
    ]
    return bool(statements) and all(
        isinstance(node, ast.Import | ast.ImportFrom) for node in statements
    )


def test_no_file_only_passes_names_on() -> None:
    assert not [name_of(path) for path in CODE if only_passes_on(path)]


@pytest.mark.parametrize("package", FORBIDDEN)
def test_imports_run_one_way(package: str) -> None:
    banned = [f"gateway.{each}" for each in FORBIDDEN[package]]
    found = [
        f"{name_of(path)} imports {name}"
        for path in CODE
        if name_of(path).startswith(package + "/")
        for name in imports_of(path)
        if any(name == each or name.startswith(each + ".") for each in banned)
    ]
    assert not found, "\n".join(found)


def test_only_the_command_line_imports_codegen_and_late() -> None:
    found = [
        name_of(path)
        for path in CODE
        if name_of(path).startswith("gateway/")
        for name in (top_level_imports(path) if "/cli/" in name_of(path) else imports_of(path))
        if name.split(".")[0] == "codegen"
    ]
    assert not found


@pytest.mark.parametrize("library", SOLE_IMPORTER)
def test_one_module_knows_the_transport_library(library: str) -> None:
    found = {
        name_of(path)
        for path in CODE
        if name_of(path).startswith(("gateway/", "codegen/"))
        for name in imports_of(path)
        if name.split(".")[0] == library
    }
    assert len(found) <= 1, found
    assert all(name.startswith(SOLE_IMPORTER[library]) for name in found)


def files_of_the_project() -> list[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [ROOT / name for name in said.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_machine_path_or_a_registry() -> None:
    hosts = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "deb.debian" + ".org")
    paths = ("/" + "work/", "/" + "root/", "/" + "home/")
    found = []
    for path in files_of_the_project():
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, 1):
            found += [
                f"{name_of(path)}:{number} names {each}"
                for each in (*hosts, *paths)
                if each in line
            ]
    assert not found, "\n".join(found)
