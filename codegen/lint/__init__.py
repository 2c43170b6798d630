"""What an importer of Actions documents would say about a document."""
