import io
import wave

import pytest

from gateway.standin.binary import PIECE, sample


@pytest.mark.parametrize("size", [0, 1, 43, 44, 1024, PIECE, PIECE * 2 + 3])
@pytest.mark.parametrize("name", ["audio/wav", "image/png", "video/mp4", "audio/mpeg", "a/b"])
def test_has_its_length_and_is_the_same_each_time(name, size):
    pieces = list(sample(name, size))
    assert sum(map(len, pieces)) == size
    assert max(map(len, pieces), default=0) <= PIECE
    assert pieces == list(sample(name, size))


def test_a_sound_can_be_played():
    with wave.open(io.BytesIO(b"".join(sample("audio/wav", 1024)))) as sound:
        assert sound.getparams()[:4] == (1, 2, 24_000, 490)


def test_the_headers_are_those_of_the_type():
    assert b"".join(sample("image/png")).startswith(b"\x89PNG\r\n\x1a\n")
    assert b"".join(sample("video/mp4"))[4:8] == b"ftyp"
    assert b"".join(sample("audio/mpeg")).startswith(b"ID3\x04")
