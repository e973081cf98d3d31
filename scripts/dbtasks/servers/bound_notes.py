"""Notes that are bound to their database: a dump carries them along, and the database it is loaded into is another.

A label counts only where its note names the very database it stands on. When all data of a server moves to
another one, the notes that counted there are bound to the new databases, and no others. How a note is read and
written is the business of the databases, so whoever calls hands that over.
"""

import json

from dbtasks.servers import psql
from dbtasks.servers.engine import Client
from dbtasks.servers.voice import Rebind

_UTF8 = "SET client_encoding = 'UTF8'; "  # comments come and go as UTF-8, whatever the server's own encoding
_IDENTITY = "(SELECT system_identifier FROM pg_control_system()) || '/' || oid"
_IDENTITIES = f"SELECT json_object_agg(datname, {_IDENTITY}) FROM pg_database"  # noqa: S608 (constants)
_COMMENTS = f"""SELECT json_build_array(datname, {_IDENTITY}, text)
    FROM (SELECT oid, datname, shobj_description(oid, 'pg_database') AS text FROM pg_database) d
    WHERE text LIKE '%{{"dbtasks":%'"""  # noqa: S608 (constants)


def identities(client: Client, container: str, user: str) -> dict[str, str]:
    """What the notes of a server's databases are bound to, by the name of the database."""
    (line,) = psql.run(client, container, user=user, sql=_UTF8 + _IDENTITIES)
    found: dict[str, str] = json.loads(line)
    return found


def move(client: Client, container: str, user: str, old: dict[str, str], rebind: Rebind) -> None:
    """Let the notes that counted on another server count on this one.

    Args:
        client: the engine.
        container: the server that all data was loaded into.
        user: a superuser.
        old: the identities of the databases on the other server.
        rebind: binds the note in a comment to another identity.
    """
    statements = []
    for line in psql.run(client, container, user=user, sql=_UTF8 + _COMMENTS):
        name, identity, comment = json.loads(line)
        bound = rebind(comment, old.get(name, ""), identity)
        if bound != comment:
            statements.append(f"COMMENT ON DATABASE {psql.name(name)} IS {psql.literal(bound)};")
    if statements:
        psql.run(client, container, user=user, sql=_UTF8 + " ".join(statements))
