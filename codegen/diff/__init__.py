"""What changed between two states of a document, and for whom it matters."""
