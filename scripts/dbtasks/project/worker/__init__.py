"""The only code that imports Alembic, SQLAlchemy and the project."""
