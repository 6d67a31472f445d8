"""Tools that exist elsewhere."""
