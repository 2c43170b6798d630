"""The arguments that are made from the SDK's own hints."""

from openai import OpenAI

from tests.clients.arguments import Maker

CLIENT = OpenAI(api_key="unused")


def test_minimal_arguments_are_the_required_ones() -> None:
    assert Maker(full=False).arguments(CLIENT.vector_stores.create) == {}
    made = Maker(full=False).arguments(CLIENT.batches.create)
    assert set(made) == {"completion_window", "endpoint", "input_file_id"}


def test_full_arguments_are_all_of_them() -> None:
    made = Maker(full=True).arguments(CLIENT.vector_stores.create)
    assert made["expires_after"] == {"anchor": "last_active_at", "days": 1}
    assert made["file_ids"] == ["file_ids_1"]
    assert "extra_headers" not in made


def test_turns_visit_the_members_of_a_union() -> None:
    made = [
        Maker(full=True, turn=turn).arguments(CLIENT.vector_stores.create) for turn in range(30)
    ]
    strategies = {(each.get("chunking_strategy") or {}).get("type") for each in made}
    assert strategies == {"auto", "static"}
    assert made == [
        Maker(full=True, turn=turn).arguments(CLIENT.vector_stores.create) for turn in range(30)
    ]
