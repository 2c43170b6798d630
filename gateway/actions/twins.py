"""The JSON twin of an operation that takes files: what a call refers to becomes its body.

The members of the call and the files that it refers to are written as the operation's own body,
and pass the stages as a direct request does.
"""

import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

from gateway.actions.adapter import FILE_REFERENCES, Adapter, Restored
from gateway.actions.file_fields import assign_files
from gateway.actions.file_links import read_references
from gateway.actions.files_in import FetchedFile, FetchRules, fetched
from gateway.actions.form_parts import file_fields, form_body
from gateway.actions.inner_call import InnerCall, StreamedBody
from gateway.contract.model import BodyType
from gateway.errors import RelayError
from gateway.projection import Call

MULTIPART = "multipart/form-data"


class Twins:
    """Makes the requests of *wrap* calls. `bracketed`: see `gateway.actions.form_parts`."""

    def __init__(self, adapter: Adapter, rules: FetchRules, *, bracketed: bool) -> None:
        self._adapter = adapter
        self._rules = rules
        self._bracketed = bracketed

    @contextlib.asynccontextmanager
    async def inner_call(
        self, call: Call, arguments: Mapping[str, Any], restored: Restored
    ) -> AsyncIterator[InnerCall]:
        """Give the request of a call; its files are there until the block ends.

        `arguments` are the members as they came, `restored` what they mean. Raises RelayError
        where a file cannot be had, or does not fit the call.
        """
        if not takes_files(call):
            yield InnerCall(self._adapter.inner_request(call, restored))
            return
        references = read_references(arguments.get(FILE_REFERENCES))
        targets = assign_files(call, arguments, [each.name for each in references])
        async with fetched(references, self._rules) as files:
            named = [(target, files[index]) for target, index in targets]
            request = self._adapter.path_and_query(call, restored)
            yield InnerCall(request, self._body(call, restored, named))

    def _body(
        self, call: Call, restored: Restored, named: list[tuple[str, FetchedFile]]
    ) -> StreamedBody:
        body_type = self._body_type(call)
        if body_type.kind != "multipart":
            return _raw_body(call, body_type, named)
        members = restored.body if isinstance(restored.body, dict) else {}
        parts = file_fields(named, bracketed=self._bracketed)
        return form_body(members, parts, body_type, bracketed=self._bracketed)

    def _body_type(self, call: Call) -> BodyType:
        """Return the media type that the body goes out as."""
        body = self._adapter.operation(call).body
        types = body.types if body is not None else ()
        for kind in (call.body_type, MULTIPART):
            for each in types:
                if each.media_type == kind:
                    return each
        raise RelayError("unsupported_media_type", f"{call.name} takes no body of files.")


def takes_files(call: Call) -> bool:
    """Tell whether a call's body is made of files."""
    return call.kind == "wrap" and bool(call.files)


def _raw_body(
    call: Call, body_type: BodyType, named: list[tuple[str, FetchedFile]]
) -> StreamedBody:
    """Return the body of an operation whose body is one file."""
    if len(named) != 1:
        message = f"{call.name} takes one file; attach exactly one."
        raise RelayError("invalid_body", message, param=FILE_REFERENCES)
    file = named[0][1]
    declared = body_type.media_type
    media_type = file.reference.media_type if "*" in declared else declared
    return StreamedBody(file.chunks(), file.size, media_type.encode())
