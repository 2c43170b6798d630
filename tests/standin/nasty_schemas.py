"""Schemas that are hard to make a value for; each has one."""

from gateway.standin.formats import FORMATS

NAMED = {
    "Tree": {
        "type": "object",
        "required": ["value", "children"],
        "properties": {
            "value": {"type": "integer"},
            "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
            "parent": {"$ref": "#/components/schemas/Tree"},
        },
    },
    "Chain": {
        "type": "object",
        "required": ["next"],
        "properties": {
            "next": {"anyOf": [{"$ref": "#/components/schemas/Chain"}, {"type": "integer"}]}
        },
    },
    "Cat": {
        "type": "object",
        "required": ["kind", "lives"],
        "properties": {"kind": {"type": "string"}, "lives": {"type": "integer"}},
    },
    "Dog": {
        "type": "object",
        "required": ["kind", "barks"],
        "properties": {"kind": {"type": "string"}, "barks": {"type": "boolean"}},
    },
    "Endless": {
        "type": "object",
        "required": ["again"],
        "properties": {"again": {"$ref": "#/components/schemas/Endless"}},
    },
    "Expression": {
        "oneOf": [
            {
                "type": "object",
                "required": ["and"],
                "properties": {
                    "and": {
                        "type": "array",
                        "minItems": 2,
                        "items": {"$ref": "#/components/schemas/Expression"},
                    }
                },
            },
            {"type": "object", "required": ["is"], "properties": {"is": {"type": "string"}}},
        ]
    },
    "Escaped/~name": {"type": "string", "minLength": 3},
}
DOCUMENT = {"components": {"schemas": NAMED}}
NASTY = {
    "tree": {"$ref": "#/components/schemas/Tree"},
    "chain": {"$ref": "#/components/schemas/Chain"},
    "expression": {"$ref": "#/components/schemas/Expression"},
    "escaped pointer": {"$ref": "#/components/schemas/Escaped~1~0name"},
    "siblings of a reference": {
        "$ref": "#/components/schemas/Cat",
        "required": ["name"],
        "properties": {"name": {"type": "string", "maxLength": 2}},
    },
    "nothing": {},
    "anything": True,
    "null": {"type": "null"},
    "types": {"type": ["null", "array", "integer"], "minimum": 7},
    "enum within a type": {"type": "integer", "enum": ["a", 3]},
    "a wrong example": {"type": "integer", "example": "three", "default": None, "minimum": 4},
    "a wrong default": {"type": "string", "default": None},
    "integers": {"type": "integer", "exclusiveMinimum": 10, "maximum": 20, "multipleOf": 7},
    "integers by a fraction": {"type": "integer", "multipleOf": 1.5, "minimum": 4},
    "one integer": {"type": "integer", "exclusiveMinimum": 4, "exclusiveMaximum": 6},
    "negative": {"type": "integer", "maximum": -5},
    "numbers": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.001},
    "cents": {"type": "number", "multipleOf": 0.01, "minimum": 3.333},
    "short text": {"type": "string", "maxLength": 1},
    "no text": {"type": "string", "maxLength": 0},
    "long text": {"type": "string", "minLength": 5000},
    "a pattern": {"type": "string", "pattern": "^tunnel_[a-z0-9]{32}$"},
    "alternatives": {"type": "string", "pattern": r"^(?:a|b)\.(?:c{2,}|d)+\d{3}$"},
    "a long pattern": {"type": "string", "pattern": "^[A-Za-z0-9_.-]+$", "minLength": 40},
    "a bounded pattern": {"type": "string", "pattern": "^[a-z]*x$", "maxLength": 3},
    "a negated class": {"type": "string", "pattern": r"^[^\s/]{4}$"},
    "look-ahead": {"type": "string", "pattern": r"^(?!sk-)[a-z-]{5}$"},
    "two patterns": {"allOf": [{"pattern": "^a"}, {"pattern": "^[a-z]+$"}], "type": "string"},
    **{f"format {name}": {"type": "string", "format": name} for name in FORMATS},
    "a format and a length": {"type": "string", "format": "email", "maxLength": 30},
    "additional": {"type": "object", "additionalProperties": {"type": "integer"}},
    "least properties": {
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "additionalProperties": False,
        "minProperties": 1,
    },
    "invented properties": {"type": "object", "minProperties": 3, "maxProperties": 3},
    "property names": {
        "type": "object",
        "minProperties": 2,
        "propertyNames": {"pattern": "^x-[a-z]{3}$"},
    },
    "pattern properties": {
        "type": "object",
        "minProperties": 2,
        "patternProperties": {"^n_[0-9]+$": {"type": "integer"}},
        "additionalProperties": False,
    },
    "required beyond the properties": {
        "type": "object",
        "required": ["n_1", "other"],
        "patternProperties": {"^n_": {"type": "integer"}},
        "additionalProperties": {"type": "boolean"},
    },
    "dependents": {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"const": 1}, "b": {"const": 2}, "c": {"const": 3}},
        "dependentRequired": {"a": ["b"], "b": ["c"]},
    },
    "dependent schemas": {
        "type": "object",
        "required": ["a"],
        "dependentSchemas": {"a": {"required": ["b"], "properties": {"b": {"minimum": 3}}}},
    },
    "a tuple": {
        "type": "array",
        "prefixItems": [{"const": "a"}, {"type": "integer"}],
        "items": False,
        "minItems": 2,
    },
    "a tuple and more": {"prefixItems": [{"const": 1}], "items": {"const": 2}, "minItems": 4},
    "unique enums": {
        "type": "array",
        "items": {"enum": ["a", "b", "c"]},
        "minItems": 3,
        "uniqueItems": True,
    },
    "unique objects": {
        "type": "array",
        "minItems": 3,
        "uniqueItems": True,
        "items": {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}},
    },
    "contains": {
        "type": "array",
        "items": {"type": "integer"},
        "contains": {"minimum": 100},
        "minContains": 2,
        "minItems": 3,
    },
    "merged": {
        "allOf": [
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "number"}}},
            {"required": ["b"], "properties": {"a": {"minimum": 3}, "b": {"enum": [1, 2]}}},
            {"properties": {"b": {"enum": [2, 3]}}},
        ]
    },
    "closed parts": {
        "allOf": [
            {"properties": {"a": {"const": 1}}, "additionalProperties": False},
            {"properties": {"b": {"const": 2}}, "type": "object"},
        ]
    },
    "overlapping branches": {
        "oneOf": [{"type": "number"}, {"type": "integer"}, {"type": "string", "maxLength": 4}]
    },
    "both unions": {
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
        "oneOf": [{"required": ["c"]}, {"required": ["a", "c"]}],
        "type": "object",
    },
    "a union below": {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"type": "string"}},
        "oneOf": [
            {"properties": {"kind": {"const": "x"}}},
            {"properties": {"kind": {"const": "y"}}},
        ],
    },
    "impossible branch": {"anyOf": [False, {"type": "string", "enum": []}, {"type": "boolean"}]},
    "not this": {"type": "boolean", "not": {"const": False}},
    "not these": {"type": "integer", "minimum": 1, "not": {"enum": [1, 2]}},
    "not both": {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "not": {"required": ["a", "b"]},
    },
    "if": {
        "type": "object",
        "required": ["country"],
        "properties": {"country": {"enum": ["us", "nl"]}},
        "if": {"properties": {"country": {"const": "us"}}},
        "then": {"required": ["zip"], "properties": {"zip": {"pattern": "^[0-9]{5}$"}}},
        "else": {"required": ["postcode"]},
    },
    "unevaluated": {
        "allOf": [{"type": "object", "properties": {"a": {"const": 1}}, "required": ["a"]}],
        "properties": {"b": {"const": 2}},
        "unevaluatedProperties": False,
    },
    "a recursion in a map": {
        "type": "object",
        "additionalProperties": {"$ref": "#/components/schemas/Tree"},
        "minProperties": 1,
    },
    "a string that is a number": {"type": "string", "enum": ["1", "2"]},
    "a type beside a union": {
        "anyOf": [{"type": "null"}, {"type": "string"}, {"type": "integer"}],
        "allOf": [{"type": "integer"}],
    },
}
