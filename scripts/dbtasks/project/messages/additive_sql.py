"""SQL that adds and takes nothing away: one allow-list of statements, for SQLite and PostgreSQL alike."""

import re
from collections.abc import Iterator

VERSION_TABLE = "alembic_version"
NOT_UNDERSTOOD = "SQL that is not understood here"

# Read in one pass, so that a quote inside a comment is none, nor a comment inside a string.
_TOKEN = re.compile(r"(?P<string>'(?:[^']|'')*')|(?P<name>\"(?:[^\"]|\"\")*\")|--[^\n]*|/\*.*?\*/", re.DOTALL)
_NESTED = re.compile(r"/\*(?:(?!\*/).)*/\*", re.DOTALL)  # PostgreSQL nests comments, SQLite does not
_OTHER_QUOTES = re.compile(r"\\'|`|\$\w*\$")
_BRACKETS = re.compile(r"\[[^\]]*(--|/\*|;)")  # names on SQLite, in which these are no comment and no end
_PARENTHESES = re.compile(r"\([^()]*\)")
_HARMLESS_PARTS = re.compile(
    r"\bON (DELETE|UPDATE) (CASCADE|RESTRICT|NO ACTION|SET NULL|SET DEFAULT)\b"
    r"|\bON CONFLICT ?(\([\w, ]*\)|ON CONSTRAINT \w+)? ?DO NOTHING\b"
)
_ADDING = (
    r"CREATE (TEMP |TEMPORARY |UNLOGGED )?TABLE\b",
    r"CREATE (UNIQUE )?INDEX\b",
    r"CREATE (TEMP |TEMPORARY )?(RECURSIVE )?VIEW\b",
    r"CREATE MATERIALIZED VIEW\b",
    r"CREATE (TEMP |TEMPORARY )?SEQUENCE\b",
    r"CREATE (TYPE|DOMAIN|SCHEMA|COLLATION|EXTENSION|STATISTICS)\b",
    r"INSERT (OR (IGNORE|ABORT|FAIL|ROLLBACK) )?INTO\b",
    r"ALTER TABLE (IF EXISTS )?(ONLY )?[\w.]+ ADD\b",
    r"ALTER TABLE (IF EXISTS )?(ONLY )?[\w.]+ VALIDATE CONSTRAINT \w+$",
    r"ALTER TYPE [\w.]+ ADD (VALUE|ATTRIBUTE)\b",
    r"SET (LOCAL |SESSION )?(LOCK_TIMEOUT|STATEMENT_TIMEOUT)\b",
    r"ANALYZE\b",
)
_ADDS = re.compile("|".join(_ADDING))
# In a statement that adds, each of these would do something besides: a second action of an ALTER TABLE, a CTE
# that deletes, an upsert, CREATE OR REPLACE.
_OTHERS = re.compile(
    r"\b(UPDATE|DELETE|REPLACE|TRUNCATE|DROP|MERGE|RENAME|ALTER|ATTACH|DETACH|DISABLE|ENABLE|OWNER|INHERIT|CLUSTER"
    r"|EXECUTE|CALL|ALEMBIC_VERSION)\b"
)
_CALL = re.compile(r"([\w.]+) ?\(")
# Where the expressions begin that are computed at once.
_RUN = re.compile(r"\b(SELECT|VALUES|DEFAULT|CHECK|GENERATED)\b")
_RUN_IN_CREATE = {"TABLE": re.compile(r"\bSELECT\b"), "INDEX": re.compile(r"\(")}
# What Alembic and SQLAlchemy ask of a database while a revision is run, besides what the revision does.
_ASKING = re.compile(
    r"(SELECT|WITH|VALUES|SHOW)\b|PRAGMA [\w.]+ ?(\([^()]*\))?$|(SAVEPOINT|RELEASE|ROLLBACK TO|BEGIN)\b"
)
_ASKED = re.compile(
    r"PG_CATALOG\.\w+|(CURRENT_SCHEMA|CURRENT_DATABASE|CURRENT_SETTING|SET_CONFIG|VERSION|SQLITE_VERSION|PG_BACKEND_PID)"
)
# A query may call functions, and a function may do anything: those that are known to do nothing.
_FUNCTIONS = frozenset(
    """
    SELECT FROM JOIN ON USING WHERE AND OR NOT IN EXISTS ANY ALL SOME AS BY VALUES UNION EXCEPT INTERSECT LIMIT OFFSET
    OVER FILTER CASE WHEN THEN ELSE BETWEEN LIKE LATERAL DISTINCT HAVING WITH CAST ARRAY ROW CHECK UNIQUE
    COALESCE NULLIF UPPER LOWER LENGTH CHAR_LENGTH SUBSTR SUBSTRING TRIM LTRIM RTRIM CONCAT CONCAT_WS LEFT RIGHT LPAD
    RPAD SPLIT_PART INITCAP MD5 COUNT MIN MAX SUM AVG ABS ROUND CEIL FLOOR MOD GREATEST LEAST NOW DATE DATETIME TIME
    STRFTIME JULIANDAY EXTRACT DATE_TRUNC TO_CHAR TO_DATE TO_TIMESTAMP RANDOM GEN_RANDOM_UUID GENERATE_SERIES
    ROW_NUMBER RANK DENSE_RANK LAG LEAD STRING_AGG ARRAY_AGG GROUP_CONCAT IFNULL IIF INSTR HEX UNNEST
    TO_TSVECTOR CURRENT_TIMESTAMP LOCALTIMESTAMP TRUE FALSE IS NULL ISFINITE JSONB_TYPEOF JSON_VALID CARDINALITY
    NEXTVAL VARCHAR CHAR NUMERIC DECIMAL TIMESTAMP JSON_BUILD_OBJECT JSONB_BUILD_OBJECT
    """.split()  # noqa: SIM905 (a list would be one word a line)
)
_TARGET = r"(?:IF EXISTS )?(?:ONLY )?([\w.\"]+)"
_IN_WORDS = (
    (rf"INSERT INTO {_TARGET}.* DO UPDATE", "update of {}"),
    (rf"(?:INSERT OR )?REPLACE INTO {_TARGET}", "update of {}"),
    (rf"UPDATE (?:OR \w+ )?{_TARGET}", "update of {}"),
    (rf"DELETE FROM {_TARGET}", "delete from {}"),  # noqa: S608 (a pattern, and no SQL)
    (rf"TRUNCATE (?:TABLE )?{_TARGET}", "truncate of {}"),
    (rf"DROP (?:TABLE|VIEW|MATERIALIZED VIEW|INDEX|TYPE|SCHEMA|SEQUENCE|TRIGGER|FUNCTION) {_TARGET}", "drop of {}"),
    (rf"ALTER (?:TABLE|TYPE|SEQUENCE|VIEW|INDEX) {_TARGET}", "change of {}"),
)


def losses(sql: str) -> tuple[str, ...]:
    """What the statements of a literal may take away or overwrite, in words; empty where all of them only add.

    Args:
        sql: one or several statements.
    """
    plain = _without_comments(sql)
    if plain is None or set(sql) & set("$\\`") or _BRACKETS.search(sql):  # other ways to quote may hold anything
        return (NOT_UNDERSTOOD,)
    return tuple(_words(statement) for statement in _statements(plain) if not _only_adds(statement))


def find_loss(sql: str) -> str:
    """What a statement that is about to be run may take away or overwrite, in words; empty where it only adds or asks.

    Alembic's own statements on alembic_version are no loss; a revision's are found when it has ended.

    Args:
        sql: as the driver gets it, with parameters and not values.
    """
    plain = _without_comments(sql)
    if plain is None or _OTHER_QUOTES.search(sql) or _BRACKETS.search(sql):
        return NOT_UNDERSTOOD
    for statement in _statements(plain):
        if not (_is_of_versions(statement) or _only_asks(statement) or _only_adds(statement)):
            return _words(statement)
    return ""


def _without_comments(sql: str) -> str | None:
    """The text with strings emptied; None where engines would read its comments differently."""
    if _NESTED.search(sql) or "\r" in sql.replace("\r\n", "\n"):
        return None
    return _TOKEN.sub(lambda found: "''" if found["string"] else found["name"] or " ", sql)


def _is_of_versions(statement: str) -> bool:
    return (
        re.match(rf"(CREATE TABLE|INSERT INTO|UPDATE|DELETE FROM) ([\w.\"]+\.)?{VERSION_TABLE}\b", statement)
        is not None
    )


def _only_asks(statement: str) -> bool:
    plain = " ".join(_TOKEN.sub("name", statement).upper().split())
    if not _ASKING.match(plain) or _OTHERS.search(plain.replace(VERSION_TABLE.upper(), "name")):
        return False
    if plain.startswith("PRAGMA"):
        return True
    return all(is_known_function(name) or _ASKED.fullmatch(name) for name in _CALL.findall(plain))


def is_known_function(name: str) -> bool:
    """Is it a function of SQL that does nothing but compute?"""
    return name.upper() in _FUNCTIONS


def expression_losses(text: str, *, may_be_executed: bool) -> Iterator[str]:
    """What an expression, as in a default or a check, may do besides being computed, in words.

    Args:
        text: the expression.
        may_be_executed: whether it may be a whole statement, which is judged where it is executed. A column may have
            the name of one, so only a text that as a statement adds something is none of an expression.
    """
    if may_be_executed and not losses(text):
        return
    plain = _TOKEN.sub(lambda found: "name" if found["name"] else " ", text)
    yield from (f"a call of {name}()" for name in _CALL.findall(plain) if not is_known_function(name))
    if is_several(text):
        yield NOT_UNDERSTOOD


def is_several(expression: str) -> bool:
    """May an expression end the statement that it is put into, and begin another one?"""
    return any(mark in expression for mark in (";", "--", "/*"))


def _statements(plain: str) -> Iterator[str]:
    yield from filter(None, (" ".join(part.split()) for part in plain.split(";")))


def _only_adds(statement: str) -> bool:
    plain = " ".join(_HARMLESS_PARTS.sub(" ", _TOKEN.sub("name", statement).upper()).split())
    found = _ADDS.match(plain)
    if found is None or _OTHERS.search(plain[found.end() :]):
        return False
    if plain.startswith("ALTER TABLE") and not _all_add(plain[found.end() :]):
        return False
    begins = _RUN
    if plain.startswith("CREATE"):
        begins = _RUN_IN_CREATE["INDEX" if "INDEX" in found.group() else "TABLE"]
    run = begins.search(plain)
    return run is None or all(is_known_function(name) for name in _CALL.findall(plain[run.start() :]))


def _all_add(actions: str) -> bool:
    """Do the actions of an ALTER TABLE after the first one add something too?"""
    while _PARENTHESES.search(actions):
        actions = _PARENTHESES.sub(" ", actions)
    return all(part.strip().startswith("ADD ") for part in actions.split(",")[1:])


def _words(statement: str) -> str:
    for pattern, words in _IN_WORDS:
        found = re.search(pattern, statement, re.IGNORECASE)
        if found:
            return words.format(found.group(1).replace('"', ""))
    return f"{' '.join(statement.split()[:3])} ..."
