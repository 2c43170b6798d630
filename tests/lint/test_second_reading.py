"""The linter and the independent checker read the corpus alike, but for what only one looks at."""

import pytest

from tests.independent.actions_checker import check_document
from tests.lint.corpus_file import FILES, read

CORPUS = {path.stem: read(path) for path in FILES}
# The checker is simple: it knows nothing of a text, and little of what a call does at run time.
LINTER_ALONE = {
    "files-out-shape",
    "operation-servers",
    "operation-text-at-limit",
    "repeated-key",
    "security-urls",
    "too-long",
}


@pytest.mark.parametrize("name", sorted(CORPUS))
def test_both_find_something_or_neither(name: str) -> None:
    file = CORPUS[name]
    faults = check_document(
        file.document,
        other_domains=frozenset(file.editor.get("domains", ())),
        public=file.editor.get("public", False),
        privacy_policy=file.editor.get("privacy_policy", ""),
    )
    assert bool(faults) == (bool(file.expect) and name not in LINTER_ALONE), faults
