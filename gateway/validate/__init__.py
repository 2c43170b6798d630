"""Checks of a request against the contract. Pure but for the receive channel."""
