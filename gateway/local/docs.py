"""The document as a page: Swagger UI from a Python package; nothing comes from another host."""

import asyncio
from functools import cached_property
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from starlette.types import Receive, Scope, Send

from gateway.errors import RelayError
from gateway.exchange import exchange_of
from gateway.local.fixed_answer import NO_CACHE, FixedAnswer

IMMUTABLE = b"public, max-age=31536000, immutable"  # RFC 8246
SCRIPT = b"text/javascript; charset=utf-8"
# What of the package's folder is served, and as what.
FILES = {
    "swagger-ui-bundle.js": SCRIPT,
    "swagger-ui.css": b"text/css; charset=utf-8",
    "favicon-32x32.png": b"image/png",
}
LISTED = 600  # operations; a page with more of them begins with its tags alone
START = "start.js"
START_SCRIPT = b"""const place = document.getElementById("operations");
SwaggerUIBundle({
  url: new URL(place.dataset.document, document.baseURI).href,
  domNode: place,
  deepLinking: true,
  docExpansion: place.dataset.expansion,
  defaultModelsExpandDepth: -1,
  displayRequestDuration: true,
  filter: true,
  requestSnippetsEnabled: false,
  validatorUrl: null,
});
"""
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" type="image/png" href="{icon}">
<link rel="stylesheet" href="{style}">
<script src="{bundle}" defer></script>
<script src="{start}" defer></script>
</head>
<body>
<div id="operations" data-document="{document}" data-expansion="{expansion}"></div>
<noscript><p>This page needs JavaScript; <a href="{document}">the document</a> does not.</p>
</noscript>
</body>
</html>
"""


def content_policy(public_url: str) -> bytes:
    """Return the page's Content-Security-Policy (CSP 3): the gateway itself, and nothing else.

    Swagger UI's style sheet holds its icons as `data:` images.
    """
    parts = urlsplit(public_url)
    own = f"'self' {parts.scheme}://{parts.netloc}" if parts.netloc else "'self'"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"connect-src {own}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ).encode()


class Docs:
    """The page, and the files that it is made of."""

    def __init__(self, title: str, operations: int, public_url: str) -> None:
        self.title = title
        self.expansion = "list" if operations <= LISTED else "none"
        self._headers = (
            (b"content-security-policy", content_policy(public_url)),
            (b"referrer-policy", b"no-referrer"),
            (b"x-frame-options", b"DENY"),
        )
        self._pages: dict[str, FixedAnswer] = {}

    @cached_property
    def files(self) -> dict[str, FixedAnswer]:
        """The files by name, read when the first page is asked for."""
        import swagger_ui_bundle  # what is rare is imported at its first use

        folder = Path(swagger_ui_bundle.swagger_ui_path)
        found = {name: FixedAnswer((folder / name).read_bytes(), FILES[name]) for name in FILES}
        found[START] = FixedAnswer(START_SCRIPT, SCRIPT)
        return found

    async def answer_page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the page. Its links are relative, so that a prefix before our path is kept."""
        operation = exchange_of(scope).operation
        path = operation.path if operation is not None else "/docs"
        if path not in self._pages:
            files = await asyncio.to_thread(lambda: self.files)
            self._pages[path] = self._page("../" * (path.count("/") - 1) or "./", files)
        await self._pages[path].send(scope["headers"], send)

    async def answer_asset(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a file; the page's links name its content, so that it may be kept for good."""
        name = scope["path"].rpartition("/")[2]
        found = (await asyncio.to_thread(lambda: self.files)).get(name)
        if found is None:
            raise RelayError("not_found", "The page has no such file.")
        kept = scope["query_string"] == _version(found)
        await found.send(scope["headers"], send, IMMUTABLE if kept else NO_CACHE)

    def _page(self, root: str, files: dict[str, FixedAnswer]) -> FixedAnswer:
        def link(name: str) -> str:
            return f"{root}-/docs/{name}?{_version(files[name]).decode()}"

        text = PAGE.format(
            title=escape(self.title),
            icon=link("favicon-32x32.png"),
            style=link("swagger-ui.css"),
            bundle=link("swagger-ui-bundle.js"),
            start=link(START),
            document=f"{root}-/openapi.json",
            expansion=self.expansion,
        )
        return FixedAnswer(text.encode(), b"text/html; charset=utf-8", self._headers)


def _version(file: FixedAnswer) -> bytes:
    return b"v=" + file.etag.strip(b'"')[:12]
