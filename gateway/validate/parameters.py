"""The parameters of an operation, checked as they stand in a request (OpenAPI 3.1.0, 4.8.12)."""

import re
from collections.abc import Collection, Iterable, Sequence

from gateway.contract.model import Operation, Parameter
from gateway.errors import Finding
from gateway.validate.header_parameters import HeaderCheck
from gateway.validate.parameter_reader import ParameterReader
from gateway.validate.query_parameters import QueryCheck
from gateway.validate.readings import MAX_FINDINGS

# > If `in` is "header" and the `name` field is "Accept", "Content-Type" or "Authorization", the
# > parameter definition SHALL be ignored. (OpenAPI 3.1.0, 4.8.12.2)
_IGNORED_HEADERS = ("accept", "content-type", "authorization")
_TEMPLATED = re.compile(r"\{([^{}]+)\}")


class ParameterCheck:
    """Checks the parameters of one operation. Made once, at start."""

    __slots__ = ("_headers", "_path", "_query")

    def __init__(self, operation: Operation, query_keys: Collection[str]) -> None:
        self._path = _path_readers(operation)
        query = _of_place(operation, "query")
        known = {*query_keys, *(name for name, _ in operation.fixed_query)}
        known -= {parameter.name for parameter in query}
        self._query = QueryCheck(query, known, operation.policy.unknown_query == "refuse")
        headers = [
            parameter
            for parameter in _of_place(operation, "header")
            if parameter.name.lower() not in _IGNORED_HEADERS
        ]
        cookies = _of_place(operation, "cookie")
        self._headers = HeaderCheck(headers, cookies) if headers or cookies else None

    def findings(
        self,
        path_values: Sequence[str],
        query_string: bytes,
        headers: Sequence[tuple[bytes, bytes]],
    ) -> list[Finding]:
        """Return what is wrong with a request's parameters, at most 20 findings.

        `path_values` are the values of the path template's names in their order, decoded once;
        query and headers are as ASGI gives them.
        """
        found: list[Finding] = []
        for index, reader in self._path:
            found += reader.text_findings(path_values[index])
        found += self._query.findings(query_string)
        if self._headers is not None:
            found += self._headers.findings(headers)
        return found[:MAX_FINDINGS]


def compile_parameters(operation: Operation, query_keys: Collection[str] = ()) -> ParameterCheck:
    """Compile the check of an operation's parameters.

    `query_keys` are the query names of its security schemes (apiKey): they are not unknown.
    """
    return ParameterCheck(operation, query_keys)


def _of_place(operation: Operation, place: str) -> list[Parameter]:
    return [parameter for parameter in operation.parameters if parameter.place == place]


def _path_readers(operation: Operation) -> tuple[tuple[int, ParameterReader], ...]:
    by_name = {parameter.name: parameter for parameter in _of_place(operation, "path")}
    names: Iterable[str] = _TEMPLATED.findall(operation.path)
    return tuple(
        (index, ParameterReader(by_name[name]))
        for index, name in enumerate(names)
        if name in by_name
    )
