import pytest

from gateway.actions.media import is_json, media_type_of, name_for, name_in, safe_name, sniffed


@pytest.mark.parametrize(
    ("opening", "kind"),
    [
        (b"\x89PNG\r\n\x1a\nxx", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8", "image/webp"),
        (b"RIFF\n\n\n\nWAVEfmt", "audio/wav"),
        (b"ID3\x04", "audio/mpeg"),
        (b"OggS", "audio/ogg"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"\x00\x00\x00\x18ftypavif", "image/avif"),
        (b"%PDF-1.7", "application/pdf"),
        (b"hello", None),
        (b"", None),
    ],
)
def test_the_first_bytes_of_a_file(opening: bytes, kind: str | None) -> None:
    assert sniffed(opening) == kind


def test_content_types() -> None:
    assert media_type_of("Audio/MPEG; x=y") == "audio/mpeg"
    assert media_type_of("") == media_type_of("no type") == "application/octet-stream"
    assert is_json("application/problem+json")
    assert not is_json("application/jsonl")


def test_names() -> None:
    assert name_for("createSpeech", "audio/mpeg") == "createSpeech.mp3"
    assert name_for("../x", "application/x-unknown") == "x.bin"
    assert name_in('attachment; filename="a b.txt"') == "a b.txt"
    assert name_in("attachment; filename*=UTF-8''B%C3%A4ume.pdf") == "Bäume.pdf"
    assert name_in("inline") == ""
    assert name_in('attachment; filename="../../x\r\ny"') in ("x y", "x_y")
    assert safe_name("..") == safe_name("/") == ""
