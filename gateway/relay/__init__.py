"""The relay: what goes to the upstream and what comes back."""
