import json

from gateway.resources import spec_folder


def test_the_folder_holds_the_document_and_the_vocabulary() -> None:
    assert (spec_folder() / "openapi.yaml").is_file()
    vocabulary = json.loads((spec_folder() / "x-gateway.schema.json").read_text(encoding="utf-8"))
    assert {"root", "operation"} <= vocabulary["$defs"].keys()
