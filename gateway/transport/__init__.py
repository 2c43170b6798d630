"""Transports: httpx transports that write a request exactly as they are given it."""
