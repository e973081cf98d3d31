"""Notes on disk about a project, outside its tracked files."""
