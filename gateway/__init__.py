"""Specrelay: one OpenAPI document in, a validating, streaming gateway out."""

__version__ = "0.1.0"
