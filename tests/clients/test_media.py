"""Pictures, sound and clips through the Python SDK: multipart up, binary down, events."""

import base64
from pathlib import Path

import pytest

from tests.clients.conftest import Stack, Use

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
WAV = b"RIFF" + bytes(range(256)) * 8
PROMPT = {"model": "gpt-image-1", "prompt": "A red boat"}


def test_a_picture_is_made(use: Use) -> None:
    made = use(lambda c: c.images.generate(n=1, size="1024x1024", **PROMPT))
    assert made.data
    assert base64.b64decode(made.data[0].b64_json or "")


def test_a_picture_is_made_as_a_stream(use: Use) -> None:
    events = use.items(lambda c: c.images.generate(stream=True, partial_images=1, **PROMPT))
    assert events[-1].type == "image_generation.completed"


def test_pictures_are_edited(use: Use) -> None:
    images = [("a.png", PNG, "image/png"), ("b.png", PNG, "image/png")]
    made = use(lambda c: c.images.edit(image=images, mask=("m.png", PNG, "image/png"), **PROMPT))
    assert made.data
    body = use.stack.last.body or b""
    assert body.count(b'name="image[]"') == 2
    assert body.count(PNG) == 3
    events = use.items(lambda c: c.images.edit(image=images[0], stream=True, **PROMPT))
    assert events[-1].type == "image_edit.completed"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_picture_is_varied(use: Use) -> None:
    assert use(lambda c: c.images.create_variation(image=("a.png", PNG, "image/png"))).data


SPEECH = {"model": "gpt-4o-mini-tts", "voice": "alloy", "input": "Good morning."}


def test_speech_is_streamed_to_a_file(stack: Stack, tmp_path: Path) -> None:
    target, asked = tmp_path / "speech.mp3", {"X-Stand-In": "size=200000"}
    with (
        stack.client() as client,
        client.audio.speech.with_streaming_response.create(
            extra_headers=asked, **SPEECH
        ) as response,
    ):
        response.stream_to_file(target)
    assert target.stat().st_size == 200_000


def test_speech(use: Use) -> None:
    assert use(lambda c: c.audio.speech.create(response_format="wav", **SPEECH)).content


RECORDING = {"file": ("a.wav", WAV, "audio/wav"), "model": "gpt-4o-transcribe"}


def test_transcription(use: Use) -> None:
    assert use(lambda c: c.audio.transcriptions.create(**RECORDING)).text
    asked = {"timestamp_granularities": ["word", "segment"], "response_format": "verbose_json"}
    made = use(lambda c: c.audio.transcriptions.create(**asked, **RECORDING))
    assert (made.language, made.duration) == ("english", 2.5)
    body = use.stack.last.body or b""
    assert body.count(b'name="timestamp_granularities[]"') == 2
    assert WAV in body


def test_transcription_as_a_stream(use: Use) -> None:
    events = use.items(lambda c: c.audio.transcriptions.create(stream=True, **RECORDING))
    assert events[-1].type == "transcript.text.done"
    assert events[-1].text == "".join(each.delta for each in events[:-1])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_translation(use: Use) -> None:
    assert use(lambda c: c.audio.translations.create(**RECORDING)).text


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_videos(use: Use) -> None:
    first = ("first.png", PNG, "image/png")
    made = use(lambda c: c.videos.create(prompt="A boat", seconds="4", input_reference=first))
    assert made.object == "video"
    assert PNG in (use.stack.last.body or b"")
    polled = use(lambda c: c.videos.create_and_poll(prompt="A boat", poll_interval_ms=10))
    assert polled.status == "completed"
    asked = {"X-Stand-In": "size=70000"}
    clip = use(lambda c: c.videos.download_content(made.id, variant="video", extra_headers=asked))
    assert clip.response.headers["content-type"] == "video/mp4"
    assert len(clip.content) == 70_000
    assert use(lambda c: c.videos.remix(made.id, prompt="Bluer")).id
    assert use.items(lambda c: c.videos.list(limit=3))
    assert use(lambda c: c.videos.delete(made.id)).deleted is True
