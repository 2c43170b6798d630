"""The stand-in: an upstream that answers from the contract itself."""
