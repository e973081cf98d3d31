"""Who runs PostgreSQL; importing this package imports no Docker."""
