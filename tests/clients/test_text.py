"""Text from models through the Python SDK: chat, responses, conversations, and what is near."""

import json
from typing import Any

import pydantic
import pytest

from gateway.contract.model import Contract
from tests.clients.conftest import BOTH, UPSTREAM_KEY, Stack, Use, before
from tests.rawhttp import RawRequest, respond
from tests.servers import RawUpstream

MESSAGES = [{"role": "user", "content": "Hello"}]
ASKED = {"model": "gpt-5", "messages": MESSAGES}


def test_chat(use: Use) -> None:
    answer = use(lambda client: client.chat.completions.create(**ASKED))
    assert answer.choices[0].message.role == "assistant"
    assert answer.choices[0].message.content
    assert answer.usage.total_tokens > 0
    sent = use.stack.last
    assert json.loads(sent.body or b"") == {"messages": MESSAGES, "model": "gpt-5"}
    assert dict(sent.headers)[b"authorization"] == f"Bearer {UPSTREAM_KEY}".encode()


def test_chat_as_a_stream(use: Use) -> None:
    chunks = use.items(lambda client: client.chat.completions.create(stream=True, **ASKED))
    text = "".join(each.choices[0].delta.content or "" for each in chunks if each.choices)
    assert text
    assert [each.choices[0].finish_reason for each in chunks if each.choices][-1] == "stop"


def test_chat_by_the_stream_helper(stack: Stack) -> None:
    with stack.client() as client, client.chat.completions.stream(**ASKED) as stream:
        types = [event.type for event in stream]
        final = stream.get_final_completion()
    assert {"chunk", "content.delta", "content.done"} <= set(types)
    assert final.choices[0].message.content


def test_stored_chat_completions(use: Use) -> None:
    assert use.items(lambda client: client.chat.completions.list())[0].object == "chat.completion"
    assert use.items(lambda client: client.chat.completions.messages.list("chatcmpl-1"))
    assert use(lambda client: client.chat.completions.delete("chatcmpl-1")).deleted is True


def test_responses(use: Use) -> None:
    answer = use(lambda client: client.responses.create(model="gpt-5", input="Hello"))
    assert answer.status == "completed"
    assert answer.output_text
    assert answer.model == "gpt-5"
    again = use(lambda client: client.responses.retrieve(answer.id))
    assert again.id == answer.id


def test_responses_as_a_stream(use: Use) -> None:
    made = {"model": "gpt-5", "input": "Hello", "stream": True}
    events = use.items(lambda client: client.responses.create(**made))
    assert events[0].type == "response.created"
    assert events[-1].type == "response.completed"
    deltas = [each.delta for each in events if each.type == "response.output_text.delta"]
    assert "".join(deltas) == events[-1].response.output_text


def test_responses_by_the_stream_helper(stack: Stack) -> None:
    asked: dict[str, Any] = {"model": "gpt-5", "input": "Hello"}
    with stack.client() as client, client.responses.stream(**asked) as stream:
        types = [event.type for event in stream]
        final = stream.get_final_response()
    assert types[-1] == "response.completed"
    assert final.output_text


def test_a_stored_response_is_streamed_again(use: Use) -> None:
    events = use.items(lambda client: client.responses.retrieve("resp_1", stream=True))
    assert events[-1].type == "response.completed"


class Answer(pydantic.BaseModel):
    city: str
    people: int


SAID = '{"city": "Oslo", "people": 700000}'


def chat_answer(request: RawRequest) -> bytes:
    """Answer a chat completion, or a response, whose text meets the schema that was asked for."""
    if request.target == b"/v1/chat/completions":
        message = {"role": "assistant", "content": SAID, "refusal": None}
        choice = {"index": 0, "finish_reason": "stop", "logprobs": None, "message": message}
        body = {"object": "chat.completion", "choices": [choice]}
    else:
        part = {"type": "output_text", "text": SAID, "annotations": []}
        message = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed"}
        body = {"object": "response", "status": "completed"}
        body |= {
            "output": [message | {"content": [part]}],
            "tools": [],
            "parallel_tool_calls": True,
        }
    body |= {"id": "made_1", "created": 1, "created_at": 1, "model": "gpt-5"}
    return respond(json.dumps(body).encode(), headers=[("Content-Type", "application/json")])


@pytest.mark.parametrize("how", BOTH)
def test_structured_answers_are_parsed(contract: Contract, how: str) -> None:
    with RawUpstream(chat_answer) as upstream, before(contract, upstream.url) as stack:
        use = Use(stack, how)
        made = use(lambda c: c.chat.completions.parse(response_format=Answer, **ASKED))
        other = use(lambda c: c.responses.parse(model="gpt-5", input="Where?", text_format=Answer))
    assert made.choices[0].message.parsed == Answer(city="Oslo", people=700_000)
    assert other.output_parsed == Answer(city="Oslo", people=700_000)
    chat, response = (json.loads(request.body) for request in upstream.requests)
    assert chat["response_format"]["json_schema"]["strict"] is True
    assert response["text"]["format"]["type"] == "json_schema"


def test_embeddings(use: Use) -> None:
    # Unasked, the SDK wants the vectors in base64 and decodes them; what comes as numbers stays.
    made = use(lambda c: c.embeddings.create(model="text-embedding-3-small", input=["a", "b"]))
    assert all(isinstance(number, float) for number in made.data[0].embedding)
    assert made.usage.prompt_tokens >= 0


def test_moderations(use: Use) -> None:
    made = use(lambda c: c.moderations.create(input="fine", model="omni-moderation-latest"))
    assert made.results[0].flagged in (True, False)
    assert made.results[0].category_scores.violence >= 0


def test_models(use: Use) -> None:
    assert use.items(lambda client: client.models.list())[0].object == "model"
    assert use(lambda client: client.models.retrieve("gpt-5")).id == "gpt-5"
    assert use(lambda client: client.models.delete("ft:gpt-5:acme::1")).deleted is True
    assert use.stack.last.target == b"/v1/models/ft:gpt-5:acme::1"


def test_conversations(use: Use) -> None:
    made = use(lambda c: c.conversations.create(items=MESSAGES, metadata={"topic": "demo"}))
    assert made.object == "conversation"
    changed = use(lambda c: c.conversations.update(made.id, metadata={"topic": "other"}))
    assert changed.id == made.id
    added = use(lambda c: c.conversations.items.create(made.id, items=MESSAGES))
    assert added.data
    assert use.items(lambda c: c.conversations.items.list(made.id, include=[]))
    assert use(lambda c: c.conversations.items.retrieve("msg_1", conversation_id=made.id)).type
    assert use(lambda c: c.conversations.items.delete("msg_1", conversation_id=made.id)).id
    assert use(lambda c: c.conversations.delete(made.id)).deleted is True
