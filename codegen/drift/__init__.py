"""How the contract differs from what the vendor says its API is."""
