"""Write revisions that need no hand edits, and prove them."""
