import json
import threading
from pathlib import Path

import pytest

from gateway.contract import cache
from gateway.contract.cache import load_prepared
from gateway.contract.prepare import Prepared
from gateway.errors import StartError
from tests.contract.loading import Loader, minimal


@pytest.fixture
def root(load: Loader) -> Path:
    load.write("other.yaml", {"A": {"type": "string"}})
    return load.write(
        "root.yaml", minimal(components={"schemas": {"A": {"$ref": "other.yaml#/A"}}})
    )


def entries(load: Loader) -> list[Path]:
    return sorted(load.cache.iterdir())


def schema_of(prepared: Prepared) -> object:
    return prepared.document["components"]["schemas"]["A_2"]


def test_the_second_time_is_from_the_cache(load: Loader, root: Path) -> None:
    first = load_prepared(root, load.cache)
    (entry,) = entries(load)
    said = json.loads(entry.read_text())
    assert sorted(said["files"]) == ["other.yaml", "root.yaml"]
    said["document"]["info"]["title"] = "from the cache"
    entry.write_text(json.dumps(said))
    second = load_prepared(root, load.cache)
    assert second.document["info"]["title"] == "from the cache"
    assert schema_of(first) == schema_of(second) == {"type": "string"}


def test_what_was_odd_about_the_text_is_told_every_time(load: Loader) -> None:
    path = load.write("odd.yaml", "openapi: 3.1.0\na: 1\na: 2\n")
    first, second = load_prepared(path, load.cache), load_prepared(path, load.cache)
    assert first == second
    assert "stands twice" in first.problems[0].message


def test_an_edit_is_seen(load: Loader, root: Path) -> None:
    load_prepared(root, load.cache)
    load.write("other.yaml", {"A": {"type": "integer"}})
    assert schema_of(load_prepared(root, load.cache)) == {"type": "integer"}
    load.write("root.yaml", minimal(info={"title": "New"}))
    assert load_prepared(root, load.cache).document["info"] == {"title": "New"}


def test_a_symlink_that_leads_elsewhere_now_is_seen(load: Loader) -> None:
    load.write("one.yaml", {"A": {"type": "string"}})
    load.write("two.yaml", {"A": {"type": "integer"}})
    link = load.folder / "link.yaml"
    link.symlink_to("one.yaml")
    path = load.write("root.yaml", minimal(components={"schemas": {"A": {"$ref": "link.yaml#/A"}}}))
    assert schema_of(load_prepared(path, load.cache)) == {"type": "string"}
    link.unlink()
    link.symlink_to("two.yaml")
    assert schema_of(load_prepared(path, load.cache)) == {"type": "integer"}


def test_a_file_that_is_gone_is_seen(load: Loader, root: Path) -> None:
    load_prepared(root, load.cache)
    (load.folder / "other.yaml").unlink()
    (problem,) = load_prepared(root, load.cache).problems
    assert problem.fatal
    # Nothing of that is kept: the file may come back.
    load.write("other.yaml", {"A": {"type": "null"}})
    assert schema_of(load_prepared(root, load.cache)) == {"type": "null"}


def test_another_document_of_the_same_content_has_its_own_entry(load: Loader) -> None:
    document = minimal(components={"schemas": {"A": {"$ref": "other.yaml#/A"}}})
    for folder, kind in (("one", "string"), ("two", "integer")):
        load.write(f"{folder}/other.yaml", {"A": {"type": kind}})
        path = load.write(f"{folder}/root.yaml", document)
        assert schema_of(load_prepared(path, load.cache)) == {"type": kind}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"files": [], "problems": [], "document": {}, "written": ""}',
        b'{"files": {}, "problems": [{"no": 1}], "document": {}, "written": ""}',
        b'{"files": {}, "problems": [], "document": 5, "written": ""}',
        b'{"files": {"\\u0000": "x"}, "problems": [], "document": {}, "written": ""}',
        b'{"files": {"root.yaml": "0"}, "problems": [], "document": {}, "written": ""}',
        b"\xff\xfe",
    ],
)
def test_a_corrupt_entry_costs_time_only(load: Loader, root: Path, content: bytes) -> None:
    load_prepared(root, load.cache)
    (entry,) = entries(load)
    good = entry.read_bytes()
    entry.write_bytes(content)
    assert schema_of(load_prepared(root, load.cache)) == {"type": "string"}
    assert entry.read_bytes() == good


def test_a_folder_that_cannot_be_written_costs_time_only(load: Loader, root: Path) -> None:
    load.cache.write_text("a file where a folder should be")
    assert schema_of(load_prepared(root, load.cache)) == {"type": "string"}
    assert schema_of(load_prepared(root, Path("/proc/no/such"))) == {"type": "string"}


def test_several_write_at_the_same_time(load: Loader, root: Path) -> None:
    found: list[object] = []
    barrier = threading.Barrier(8)

    def run() -> None:
        barrier.wait()
        for _ in range(5):
            found.append(schema_of(load_prepared(root, load.cache)))  # noqa: PERF401

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [{"type": "string"}] * 40
    assert [entry.suffix for entry in entries(load)] == [".json"]


def test_old_entries_go(load: Loader) -> None:
    for number in range(cache.KEPT + 3):
        path = load.write("root.yaml", minimal(info={"title": str(number)}))
        load_prepared(path, load.cache)
    assert len(entries(load)) == cache.KEPT


def test_a_root_that_cannot_be_read(load: Loader) -> None:
    with pytest.raises(StartError, match=r"gone\.yaml: The file is not readable"):
        load_prepared(load.folder / "gone.yaml", load.cache)
    assert not load.cache.exists()
