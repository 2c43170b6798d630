"""Two workers of `specrelay serve`: whichever takes a message can answer it."""

SIGNING = "signing-key-of-the-tests"
