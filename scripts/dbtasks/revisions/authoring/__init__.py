"""Write revisions that need no hand edits, on either engine."""
