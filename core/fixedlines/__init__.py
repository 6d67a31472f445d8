"""Our fixed lines in other languages, one module each."""
