from gateway.standin.merge import Flattener


def flat(schema, **named):
    return Flattener({"components": {"schemas": named}}).flat(schema)


def test_the_parts_of_allof_become_one_set_of_keywords():
    found = flat(
        {
            "allOf": [
                {"type": ["integer", "null"], "minimum": 2, "required": ["a"]},
                {"type": "number", "minimum": 3, "maximum": 9, "required": ["b", "a"]},
                {"maximum": 8, "enum": [1, 4, 5], "multipleOf": 4},
                {"enum": [4, 6], "multipleOf": 6},
            ]
        }
    ).keywords
    assert found["type"] == ["integer"]
    assert (found["minimum"], found["maximum"], found["multipleOf"]) == (3, 8, 12)
    assert (found["required"], found["enum"]) == (["a", "b"], [4])


def test_properties_of_the_same_name_hold_both():
    parts = [
        {"properties": {"a": {"minimum": 1}}},
        {"properties": {"a": {"maximum": 2}, "b": True}},
    ]
    found = flat({"allOf": parts}).keywords["properties"]
    assert found == {"a": {"allOf": [{"minimum": 1}, {"maximum": 2}]}, "b": True}


def test_the_nearest_annotation_wins():
    named = {"Text": {"type": "string", "default": "far"}}
    found = flat({"$ref": "#/components/schemas/Text", "default": "near"}, **named).keywords
    assert found == {"default": "near", "type": "string"}


def test_unions_are_kept_apart():
    schema = {"anyOf": [{"type": "null"}], "allOf": [{"oneOf": [True, False]}]}
    assert [len(union) for union in flat(schema).unions] == [1, 2]


def test_a_reference_to_itself_ends():
    schema = {"$ref": "#/components/schemas/Loop"}
    assert flat(schema, Loop={"allOf": [schema], "type": "string"}).types == ("string",)
    assert flat(schema, Loop=schema).types == ("string",)


def test_dependents_of_required_names_are_required():
    schema = {
        "required": ["a"],
        "dependentRequired": {"a": ["b"]},
        "dependentSchemas": {"b": {"required": ["c"]}},
    }
    assert flat(schema).keywords["required"] == ["a", "b", "c"]


def test_the_keywords_suggest_the_type():
    assert flat({"properties": {}}).types == ("object",)
    assert flat({"items": {}}).types == ("array",)
    assert flat({"minimum": 1}).types == ("number",)
    assert flat({}).types == ("string",)


def test_what_the_keywords_do_not_show_is_delicate():
    assert flat({"not": {}}).delicate
    assert flat({"oneOf": [True]}).delicate
    assert not flat({"type": "object", "additionalProperties": False}).delicate
    closed = {"additionalProperties": False}
    assert flat({"allOf": [closed]}).delicate
    assert not flat({"allOf": [True, False]}).possible


def test_types_that_contradict_each_other_are_impossible():
    assert not flat({"allOf": [{"type": "string"}, {"type": ["integer", "null"]}]}).possible
