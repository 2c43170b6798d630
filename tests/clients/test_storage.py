"""What the API keeps, through the Python SDK: files, uploads, stores, batches, containers."""

import hashlib
from pathlib import Path

from gateway.standin.binary import sample
from tests.clients.conftest import Stack, Use

LINES = b'{"custom_id": "1"}\n' * 20


def upload_of(use: Use) -> bytes:
    """Return the multipart body that the upstream got last."""
    body = use.stack.last.body
    assert body is not None
    return body


def test_files(use: Use, tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(LINES)
    made = use(lambda c: c.files.create(file=path, purpose="batch"))
    assert made.object == "file"
    assert LINES in upload_of(use)
    kept = {"anchor": "created_at", "seconds": 3600}
    use(lambda c: c.files.create(file=LINES, purpose="user_data", expires_after=kept))
    assert b'name="expires_after[seconds]"' in upload_of(use)
    assert use(lambda c: c.files.retrieve(made.id)).id == made.id
    assert use.items(lambda c: c.files.list(purpose="batch", limit=10, order="asc"))
    assert use(lambda c: c.files.wait_for_processing(made.id)).status == "processed"
    assert use(lambda c: c.files.delete(made.id)).deleted is True


def test_file_content_is_byte_exact(use: Use) -> None:
    asked = {"X-Stand-In": "size=100000"}
    content = use(lambda c: c.files.content("file-abc123", extra_headers=asked))
    assert content.content == b"".join(sample("application/octet-stream", 100_000))


def test_file_content_is_streamed_to_a_file(stack: Stack, tmp_path: Path) -> None:
    target, asked = tmp_path / "content", {"X-Stand-In": "size=3000000"}
    with (
        stack.client() as client,
        client.files.with_streaming_response.content("file-1", extra_headers=asked) as response,
    ):
        response.stream_to_file(target)
    assert target.read_bytes() == b"".join(sample("application/octet-stream", 3_000_000))


def test_uploads_with_parts(use: Use) -> None:
    details = {"filename": "lines.jsonl", "mime_type": "text/jsonl", "purpose": "batch"}
    made = use(lambda c: c.uploads.create(bytes=len(LINES), **details))
    assert made.object == "upload"
    part = use(lambda c: c.uploads.parts.create(made.id, data=LINES))
    assert part.object == "upload.part"
    done = use(lambda c: c.uploads.complete(made.id, part_ids=[part.id], md5="0" * 32))
    assert done.file is not None
    assert use(lambda c: c.uploads.cancel(made.id)).id == made.id


def test_a_large_upload_in_parts(use: Use) -> None:
    content, size = b"0123456789abcdef" * 40_000, 640_000
    details = {"filename": "a.bin", "mime_type": "application/octet-stream", "purpose": "user_data"}
    use.stack.record.clear()
    made = use(
        lambda c: c.uploads.upload_file_chunked(
            file=content, bytes=size, part_size=300_000, **details
        )
    )
    assert made.object == "upload"
    parts = [each for each in use.stack.record.entries() if each.operation == "addUploadPart"]
    assert len(parts) == 3
    assert sum(each.size for each in parts) > size
    assert parts[0].sha256 == hashlib.sha256(parts[0].body or b"").hexdigest()


def test_vector_stores(use: Use) -> None:
    kept = {"anchor": "last_active_at", "days": 7}
    made = use(lambda c: c.vector_stores.create(name="Handbook", expires_after=kept))
    assert made.object == "vector_store"
    assert dict(use.stack.last.headers)[b"openai-beta"] == b"assistants=v2"
    changed = use(lambda c: c.vector_stores.update(made.id, name="Rules", expires_after=None))
    assert changed.id
    assert use.items(lambda c: c.vector_stores.list(limit=5))
    filters = {"type": "eq", "key": "year", "value": 2026}
    found = use.items(lambda c: c.vector_stores.search(made.id, query="leave", filters=filters))
    assert found[0].content[0].text
    assert use(lambda c: c.vector_stores.delete(made.id)).deleted is True


def test_files_of_a_vector_store(use: Use) -> None:
    files = {"vector_store_id": "vs_1"}
    made = use(lambda c: c.vector_stores.files.create(file_id="file-1", **files))
    assert made.object == "vector_store.file"
    polled = use(
        lambda c: c.vector_stores.files.upload_and_poll(
            file=("a.txt", LINES), poll_interval_ms=10, **files
        )
    )
    assert polled.status == "completed"
    assert use.items(lambda c: c.vector_stores.files.list(filter="completed", **files))
    assert use.items(lambda c: c.vector_stores.files.content("file-1", **files))
    changed = {"attributes": {"year": 2026, "draft": False, "by": "me"}}
    assert use(lambda c: c.vector_stores.files.update("file-1", **changed, **files)).id
    assert use(lambda c: c.vector_stores.files.delete("file-1", **files)).deleted is True


def test_file_batches_of_a_vector_store(use: Use) -> None:
    store = {"vector_store_id": "vs_1"}
    made = use(lambda c: c.vector_stores.file_batches.create(file_ids=["file-1"], **store))
    assert made.file_counts.total >= 0
    polled = use(
        lambda c: c.vector_stores.file_batches.upload_and_poll(
            files=[("a.txt", LINES), ("b.txt", LINES)], poll_interval_ms=10, **store
        )
    )
    assert polled.status == "completed"
    assert use.items(lambda c: c.vector_stores.file_batches.list_files(made.id, **store))
    assert use(lambda c: c.vector_stores.file_batches.cancel(made.id, **store)).id


def test_batches(use: Use) -> None:
    asked = {"endpoint": "/v1/responses", "input_file_id": "file-1", "completion_window": "24h"}
    made = use(lambda c: c.batches.create(metadata={"by": "me"}, **asked))
    assert made.object == "batch"
    assert use(lambda c: c.batches.retrieve(made.id)).id == made.id
    assert use.items(lambda c: c.batches.list(limit=2))
    assert use(lambda c: c.batches.cancel(made.id)).id


def test_containers(use: Use) -> None:
    kept = {"anchor": "last_active_at", "minutes": 20}
    made = use(lambda c: c.containers.create(name="box", expires_after=kept))
    assert made.object == "container"
    added = use(lambda c: c.containers.files.create(made.id, file=("a.txt", LINES)))
    assert LINES in upload_of(use)
    use(lambda c: c.containers.files.create(made.id, file_id="file-1"))
    content = use(lambda c: c.containers.files.content.retrieve(added.id, container_id=made.id))
    assert content.content
    assert use.items(lambda c: c.containers.files.list(made.id))
    assert use(lambda c: c.containers.files.delete(added.id, container_id=made.id)) is None
    assert use.items(lambda c: c.containers.list())
    assert use(lambda c: c.containers.delete(made.id)) is None
