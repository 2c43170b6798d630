"""What the fields of a multipart body may be."""

from tests.validate.multipart_bodies import BINARY, FILE, body_type, fails, part, passes


def test_a_closed_body_takes_declared_parts_only() -> None:
    schema = {"type": "object", "additionalProperties": False, "properties": {"file": BINARY}}
    closed = body_type(schema)
    passes(FILE, body=closed)
    fails("/other", FILE, part("other", "x"), body=closed)


def test_scalars() -> None:
    passes(part("n", "3"), part("stream", "true"), part("code", "7"))
    passes(part("stream", ""), part("n", "3", kind="text/plain; charset=UTF-8"))
    for text in ("0", "3.5", "x", "", " 3"):
        fails("/n", part("n", text))
    fails("/stream", part("stream", "True"))
    fails("/code", part("code", "x"))


def test_a_property_that_is_no_array_comes_once() -> None:
    fails("/n", part("n", "3"), part("n", "3"))
    fails("/file", FILE)
    fails("/input", part("input", "x", file="f"), part("input", '{"anchor": "created_at"}'))


def test_arrays_may_repeat_in_all_spellings() -> None:
    passes(part("tags", "a"))
    passes(part("tags", "a"), part("tags", "b"))
    passes(part("tags[]", "a"), part("tags[]", "1"), part("sizes[0]", "1"), part("sizes[1]", "2"))
    passes(part("sizes", "[1, 2]", kind="application/json"))
    fails("/tags", *[part("tags[]", "a")] * 4)
    fails("/sizes/1", part("sizes[]", "1"), part("sizes[]", "x"))
    fails("/sizes/0", part("sizes", '["x"]', kind="application/json"))


def test_objects_come_in_brackets_or_as_json() -> None:
    good = '{"anchor": "created_at", "seconds": 3600}'
    for name in ("expires_after", "strategy", "session", "input"):
        passes(part(name, good))
        passes(part(name, good, kind="application/json"))
        passes(part(f"{name}[anchor]", "created_at"), part(f"{name}[seconds]", "3600"))
    passes(part("strategy", "auto"))
    passes(part("list", good), part("list", good))
    passes(part("list", f"[{good}, {good}]"))
    passes(part("list[0][anchor]", "created_at"), part("list[1][anchor]", "created_at"))


def test_objects_that_are_wrong() -> None:
    fails("/expires_after/anchor", part("expires_after", '{"anchor": "x"}'))
    fails("/expires_after/anchor", part("expires_after[anchor]", "x"))
    fails("/expires_after/seconds", part("expires_after[seconds]", "x"))
    fails("/expires_after", part("expires_after", "{"))
    fails("/expires_after", part("expires_after", '{"anchor": 1, "anchor": 2}'))
    fails("/expires_after", part("expires_after", "text"))
    fails("/session", part("session", "{", kind="application/json"))
    fails("/session", part("session", '{"anchor": "created_at"}', kind="application/xml"))
    fails("/strategy", part("strategy", "other"))
    fails("/list/1/anchor", part("list", '{"anchor": "created_at"}'), part("list", '{"anchor": 1}'))
    mixed = part("expires_after", '{"anchor": "created_at"}')
    fails("/expires_after", mixed, part("expires_after[seconds]", "1"))


def test_files_are_counted() -> None:
    image = part("image[]", b"x", file="a.png", kind="image/png")
    passes(image)
    passes(image, image)
    passes(part("image", b"x"), part("image", b"x"))
    fails("/image", image, image, image)
    pair = part("pair", b"x", file="a")
    passes(pair, pair)
    fails("/pair", pair)


def test_texts_and_files_of_one_array_may_mix() -> None:
    passes(part("mixed[]", "x"), part("mixed[]", b"\xff", file="a"), part("mixed", "x"))
    passes(part("mixed[0]", "x"), part("mixed[1]", b"\xff", file="a"))
    fails("/mixed", part("mixed[]", "x"), *[part("mixed[]", b"\xff", file="a")] * 3)


def test_declared_content_types_of_files() -> None:
    passes(part("typed", b"x", file="a", kind="image/png"))
    passes(part("typed", b"x", file="a", kind="text/csv"))
    passes(part("typed", b"x", file="a", kind="application/octet-stream"))
    fails("/typed", part("typed", b"x", file="a", kind="application/pdf"))
    fails("/typed", part("typed", b"x", file="a"))
