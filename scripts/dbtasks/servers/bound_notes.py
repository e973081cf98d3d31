"""Notes that are bound to their database: a dump carries them along, and the database it is loaded into is another.

A label counts only where its note names the very database it stands on. When all data of a server moves to
another one, the notes that counted there are bound to the new databases, and no others.
"""

from dbtasks.servers import psql
from dbtasks.servers.engine import Client

_NOTES = """SELECT d.datname, CASE WHEN starts_with(c.text, '{"dbtasks": {') THEN c.text::jsonb END AS note,
    s.system_identifier || '/' || d.oid AS identity
    FROM pg_database d, pg_control_system() s, LATERAL (SELECT shobj_description(d.oid, 'pg_database')) c(text)"""
_BOUND = f"SELECT datname FROM ({_NOTES}) n WHERE note->'dbtasks'->>'on' = identity ORDER BY 1"  # noqa: S608 (constants)
_BIND = rf"""SELECT format('COMMENT ON DATABASE %I IS %L', datname,
    jsonb_set(note, '{{dbtasks,on}}', to_jsonb(identity))::text)
    FROM ({_NOTES}) n WHERE note->'dbtasks' ? 'on' AND datname IN ({{}}) \gexec"""  # noqa: S608 (constants; the names are quoted by psql.literal)


def bound(client: Client, container: str, user: str) -> list[str]:
    """The databases of a server whose notes name them."""
    return psql.run(client, container, user=user, sql=_BOUND)


def bind(client: Client, container: str, user: str, databases: list[str]) -> None:
    """Let the notes of databases name the databases that they stand on now."""
    if databases:
        listed = ", ".join(psql.literal(name) for name in databases)
        psql.run(client, container, user=user, sql=_BIND.replace("{}", listed))
