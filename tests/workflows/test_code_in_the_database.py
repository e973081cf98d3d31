"""D7: a revision that only adds may run code that is in the database, which may take away."""

import pytest

from tests.fixtures.projects import Project, execute, state

INSERT = "op.execute(\"INSERT INTO book (title) VALUES ('new')\")"
BULK = 'op.bulk_insert(sa.table("book", sa.column("title")), [{"title": "new"}])'
TABLE = 'op.create_table("shelf", sa.Column("id", sa.Integer, primary_key=True))'
FORGET = """CREATE FUNCTION forget() RETURNS {} LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM book WHERE title = 'mine'; {} END $$"""
TRIGGER_FUNCTION = FORGET.format("trigger", "RETURN NEW;")
FUNCTION = FORGET.format("integer", "RETURN 1;")
OPERATOR = """CREATE FUNCTION forget(integer, integer) RETURNS integer LANGUAGE sql AS 'SELECT forget()';
    CREATE OPERATOR ### (LEFTARG = integer, RIGHTARG = integer, FUNCTION = forget)"""
EVENT_FUNCTION = FORGET.format("event_trigger", "")

SQLITE = {
    "a trigger": (
        "CREATE TRIGGER forget AFTER /* INSERT */ INSERT\nON book BEGIN DELETE FROM book WHERE title = 'mine'; END",
        INSERT,
        "trigger forget",
    ),
    "a trigger and a bulk insert": (
        "CREATE TRIGGER forget AFTER INSERT ON book BEGIN DELETE FROM book WHERE title = 'mine'; END",
        BULK,
        "trigger forget",
    ),
    "a constraint that replaces": (
        "CREATE TABLE one (id INTEGER UNIQUE ON CONFLICT REPLACE, x TEXT)",
        "op.execute(\"INSERT INTO one VALUES (1, 'b')\")",
        "ON CONFLICT REPLACE in one",
    ),
    "a virtual table": (
        "CREATE VIRTUAL TABLE words USING fts5(word)",
        "op.execute(\"INSERT INTO words (words) VALUES ('rebuild')\")",
        "virtual table words",
    ),
}
POSTGRES = {
    "a trigger": (
        f"{TRIGGER_FUNCTION}; CREATE TRIGGER forgets BEFORE INSERT ON book FOR EACH ROW EXECUTE FUNCTION forget()",
        INSERT,
        "trigger forgets on book",
    ),
    "a trigger and a bulk insert": (
        f"{TRIGGER_FUNCTION}; CREATE TRIGGER forgets BEFORE INSERT ON book FOR EACH ROW EXECUTE FUNCTION forget()",
        BULK,
        "trigger forgets on book",
    ),
    "a rule": (
        "CREATE RULE forgets AS ON INSERT TO book DO ALSO DELETE FROM book WHERE title = 'mine'",
        INSERT,
        "rule forgets on",
    ),
    "an event trigger": (
        f"{EVENT_FUNCTION}; CREATE EVENT TRIGGER forgets ON ddl_command_end EXECUTE FUNCTION forget()",
        TABLE,
        "event trigger forgets",
    ),
    "a function in a default": (
        f"{FUNCTION}; ALTER TABLE book ADD COLUMN n integer, ALTER COLUMN n SET DEFAULT forget()",
        INSERT,
        "forget()",
    ),
    "a function in a check": (
        f"{FUNCTION}; ALTER TABLE book ADD CHECK (title IS NULL OR forget() = 1) NOT VALID",
        INSERT,
        "forget()",
    ),
    "a function in a view": (
        f"{FUNCTION}; CREATE VIEW forgetful AS SELECT forget()::text AS title",
        'op.execute("INSERT INTO book (title) SELECT title FROM forgetful")',
        "forget()",
    ),
    "a function in a domain": (
        f"{FUNCTION}; CREATE DOMAIN number AS integer DEFAULT forget()",
        'op.execute("ALTER TABLE book ADD COLUMN n number")',
        "forget()",
    ),
    "an operator": (
        f"{FUNCTION}; {OPERATOR}; ALTER TABLE book ADD COLUMN n integer, ALTER COLUMN n SET DEFAULT 1 ### 1",
        INSERT,
        "###",
    ),
    "an operator that the revision names": (
        f"{FUNCTION}; {OPERATOR}",
        'op.execute("INSERT INTO book (title) SELECT title FROM book WHERE id ### 1 = 1")',
        "###",
    ),
}
# Code of the database that what is added does not run: an in-place run needs no copy.
UNTOUCHED = {
    "sqlite": ("CREATE TRIGGER forget AFTER INSERT ON book BEGIN DELETE FROM book; END", TABLE),
    "postgres": (
        f"{TRIGGER_FUNCTION}; CREATE TRIGGER forgets BEFORE INSERT ON book FOR EACH ROW EXECUTE FUNCTION forget()",
        TABLE,
    ),
}


@pytest.fixture
def migrated(project: Project) -> Project:
    assert project.type("migrate").code == 0
    execute(project, "INSERT INTO book (title) VALUES ('mine')")
    return project


def check_that_it_can_be_taken_back(migrated: Project, code: str, body: str, reason: str) -> None:
    execute(migrated, code)
    before = state(migrated)
    migrated.revision("a4", "a3", body)

    said = migrated.type("migrate")

    assert said.code == 0, said.text
    assert reason in said.text
    assert (migrated.type("undo").code, state(migrated)) == (0, before)


@pytest.mark.parametrize("case", SQLITE)
@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_rows_that_code_in_a_sqlite_database_removes_can_be_brought_back(migrated: Project, case: str) -> None:
    check_that_it_can_be_taken_back(migrated, *SQLITE[case])


@pytest.mark.parametrize("case", POSTGRES)
@pytest.mark.parametrize("engine_url", ["postgres"], indirect=True)
def test_rows_that_code_in_a_postgresql_database_removes_can_be_brought_back(migrated: Project, case: str) -> None:
    check_that_it_can_be_taken_back(migrated, *POSTGRES[case])


def test_code_that_an_addition_does_not_run_costs_no_copy(migrated: Project) -> None:
    code, body = UNTOUCHED[migrated.settings.url.engine]
    execute(migrated, code)
    migrated.revision("a4", "a3", body)

    assert migrated.type("migrate").code == 0
    assert migrated.database.kept("undo") == []


@pytest.mark.parametrize("engine_url", ["postgres"], indirect=True)
def test_functions_of_extensions_and_triggers_of_foreign_keys_cost_no_copy(migrated: Project) -> None:
    execute(migrated, "CREATE TABLE shelf (id uuid PRIMARY KEY DEFAULT gen_random_uuid())")
    execute(migrated, "CREATE TABLE place (shelf uuid REFERENCES shelf (id))")
    migrated.revision("a4", "a3", INSERT)

    assert migrated.type("migrate").code == 0
    assert migrated.database.kept("undo") == []
