"""Rules about schemas that the importer has words for."""

from collections.abc import Iterator

from codegen.lint.cycles import cycles
from codegen.lint.rule import Hit, advice, rule
from codegen.lint.shape import misshapen
from codegen.lint.sites import component_of
from codegen.lint.tree import below, leads_nowhere, types_of
from codegen.lint.view import View

LISTS = ("enum", "allOf", "anyOf", "oneOf")


@rule(
    "ignored",
    "B",
    says="In context={context}, object schema missing properties",
    mend="{mend}",
)
def object_properties(view: View) -> Iterator[Hit]:
    """Every object schema has `properties`."""
    for site in view.sites:
        if "object" in types_of(site.node) and "properties" not in site.node:
            mend = "Declare its `properties`; `{}` where it has none."
            if "request" in site.uses:
                mend = (
                    "Declare its `properties`, or make it a string that holds JSON: the model "
                    "cannot fill in the others (`UnrecognizedKwargsError` in the chat)."
                )
            yield Hit(site.place, {"context": repr(site.context), "mend": mend})


@rule(
    "drops the operation",
    "B",
    says="In context={context}, reference to unknown component {name}; using empty schema",
    mend="Put the schema under `components.schemas`, or mend the reference.",
)
def reference_target(view: View) -> Iterator[Hit]:
    """Every reference leads to something in the document."""
    for site in view.sites:
        reference = site.node.get("$ref")
        if isinstance(reference, str) and leads_nowhere(view.document, reference):
            name = reference.rstrip("/").rpartition("/")[2] or reference
            yield Hit(site.place, {"context": repr(site.context), "name": name})


@advice(
    "C",
    "The reference leads to no schema of `components.schemas` itself.",
    "Give that schema a name there, and refer to the name.",
)
def reference_form(view: View) -> Iterator[Hit]:
    """A reference names a schema of the components."""
    for site in view.sites:
        reference = site.node.get("$ref")
        if not isinstance(reference, str) or leads_nowhere(view.document, reference):
            continue
        if component_of(reference) is None or reference.count("/") != 3:
            yield Hit(site.place)


@rule(
    "blocks",
    "B",
    says="Components section contains a circular dependency",
    mend="Cut the circle {circle}: at some depth, take a string that holds JSON.",
)
def circular_reference(view: View) -> Iterator[Hit]:
    """No schema refers to itself."""
    for circle in cycles(view):
        yield Hit(circle[0], {"circle": " → ".join((*circle, circle[0]))})


@rule(
    "blocks",
    "B",
    says="List should have at least 1 item after validation, not 0",
    mend="Take the empty `{key}` away, or fill it.",
)
def empty_list(view: View) -> Iterator[Hit]:
    """No enum and no union is empty."""
    for site in view.sites:
        for key in LISTS:
            if key in site.node and site.node[key] == []:
                yield Hit(below(site.place, key), {"key": key})


@rule(
    "blocks",
    "B",
    says="Input should be a valid dictionary",
    mend="Write an object there, with names in front of its values.",
)
def object_expected(view: View) -> Iterator[Hit]:
    """An object stands wherever one belongs."""
    for place in misshapen(view):
        yield Hit(place)


RULES = (
    object_properties,
    reference_target,
    reference_form,
    circular_reference,
    empty_list,
    object_expected,
)
