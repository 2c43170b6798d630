# Made from spec/openapi.yaml
# by `make generate`; edit the document, not this file.
"""Code that is made of the document."""
