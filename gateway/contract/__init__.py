"""The contract: the compiled form of an OpenAPI document."""
