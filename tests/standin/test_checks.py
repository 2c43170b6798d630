from gateway.standin.checks import Validity

DOCUMENT = {"components": {"schemas": {"Name": {"type": "string", "format": "uuid"}}}}


def test_references_lead_into_the_document_and_formats_count():
    validity = Validity(DOCUMENT)
    schema = {"items": {"$ref": "#/components/schemas/Name"}}
    assert validity.holds(schema, ["7f2c1b1e-8f0d-4f5e-9a52-1f6b1f4bd001"])
    assert not validity.holds(schema, ["no"])
    assert not validity.holds(schema, [1])


def test_booleans():
    assert Validity({}).holds(True, 1)
    assert not Validity({}).holds(False, 1)


def test_a_schema_that_the_engine_refuses_takes_all():
    assert Validity({}).holds({"$ref": "#/nowhere"}, 1)
    assert Validity({}).holds({"type": 7}, 1)
