"""Document in, files out: everything that is derived from a contract."""
