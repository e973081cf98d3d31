"""Database tasks for Alembic projects: reset, migrate, seed, switch engine, undo."""

__version__ = "0.1.0"
