"""Relay keys: who holds which, and what the logs may show of it."""

from gateway.keys import KEYLESS, Keyring, public_id


def test_a_key_is_found_with_the_settings_that_hold_it() -> None:
    ring = Keyring({"RELAY_KEY": ("one", "both"), "RELAY_ADMIN_KEY": ("both",)})
    one, both = ring.find(b"one"), ring.find(b"both")
    assert one is not None
    assert both is not None
    assert one.settings == {"RELAY_KEY"}
    assert both.settings == {"RELAY_KEY", "RELAY_ADMIN_KEY"}
    assert one.id != both.id


def test_another_key_is_not() -> None:
    ring = Keyring({"RELAY_KEY": ("one",)})
    assert [ring.find(key) for key in (b"", b"on", b"one ", b"ONE", b"\xff")] == [None] * 5


def test_a_ring_without_keys_is_false() -> None:
    assert not Keyring({"RELAY_KEY": ()})
    assert Keyring({"RELAY_KEY": ("é",)}).find("é".encode())


def test_public_ids_are_stable_and_tell_nothing() -> None:
    holder = Keyring({"RELAY_KEY": ("one",)}).find(b"one")
    again = Keyring({"OTHER": ("two", "one")}).find(b"one")
    assert holder is not None
    assert again is not None
    assert holder.id == again.id
    assert len(holder.id) == 8
    assert "one" not in holder.id
    assert public_id(b"1") != public_id(b"2")
    assert KEYLESS.id == "keyless"
