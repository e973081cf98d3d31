"""D7: a loss that a revision's source hides is found when its statement is run, and the run goes on on a copy."""

import pytest

from tests.fixtures.projects import Project, execute, state

DROP = "def drop(name):\n    op.drop_table(name)\n"
HIDDEN = {  # what stands in the file besides upgrade(), and what upgrade() does
    "a function that is called by another": (DROP, 'sorted(["book"], key=drop)'),
    "by one of a library": (f"import itertools\n{DROP}", 'list(itertools.starmap(drop, [("book",)]))'),
    "an operation that is imported": ("from alembic.op import drop_table\n", 'sorted(["book"], key=drop_table)'),
    "a method with a harmless name": (
        "class Table:\n    def get(name):\n        op.drop_table(name)\n",
        'Table.get("book")',
    ),
    "a listener of a table": (
        "",
        (
            'op.create_table("note", sa.Column("id", sa.Integer), '
            'listeners=[("before_create", sa.DDL("DELETE FROM book"))])'
        ),
    ),
    "an enumeration that runs code": (
        "",
        (
            "import enum\n    class Colour(enum.Enum):\n        RED = 1\n        def __init__(self, _value):\n"
            '            op.execute(sa.text("DELETE FROM book"))'
        ),
    ),
    "the end of a comment that only SQLite sees": (
        "",
        "op.execute(\"INSERT INTO book (id, title) VALUES (77, /* /* */ '*/ 'x'); DELETE FROM book; --')\")",
    ),
    "a line that only PostgreSQL ends": (
        "",
        "op.execute(\"INSERT INTO book (id, title) VALUES (77, 'x') --c\\r; DELETE FROM book\")",
    ),
    "a rebuild that is asked for by position": (
        "",
        (
            'with op.batch_alter_table("book", None, "always") as batch:\n'
            '        batch.add_column(sa.Column("isbn", sa.String(20)))'
        ),
    ),
    "one that swallows the refusal": (
        DROP,
        'try:\n        sorted(["book"], key=drop)\n    except BaseException:\n        pass',
    ),
}


def with_hidden(project: Project, name: str, parent: str, how: str) -> None:
    more, body = HIDDEN[how]
    file = project.revision(name, parent, body)
    file.write_text(file.read_text() + "\n\n" + more)


AUTOCOMMITTING = ['isolation_level="AUTOCOMMIT"', 'execution_options={"isolation_level": "AUTOCOMMIT"}']


@pytest.mark.parametrize("how", HIDDEN)
def test_a_hidden_loss_leaves_a_way_back(migrated: Project, how: str) -> None:
    before = state(migrated)
    with_hidden(migrated, "a4", "a3", how)

    said = migrated.type("migrate")

    if said.code == 0 and state(migrated) != before:
        assert "Working on a copy" in said.err
        assert migrated.type("undo").code == 0
    assert state(migrated) == before, said.err


@pytest.mark.parametrize("how", HIDDEN)
def test_on_a_production_database_it_is_refused(migrated: Project, how: str) -> None:
    assert migrated.type("label", "production").code == 0
    before = state(migrated)
    with_hidden(migrated, "a4", "a3", how)

    said = migrated.type("migrate")

    assert (said.code, state(migrated) == before) == (3, True), said.text


def test_what_was_added_before_it_stays_and_the_rest_is_done_on_a_copy(migrated: Project) -> None:
    migrated.revision("a4", "a3", 'op.create_table("shelf", sa.Column("id", sa.Integer))')
    with_hidden(migrated, "a5", "a4", "a function that is called by another")

    said = migrated.type("migrate")

    assert (said.code, migrated.database.current()) == (0, ("a5",)), said.err
    (kept,) = migrated.database.kept("undo")
    assert kept.about.revisions == ("a4",), said.err


def test_additions_of_every_kind_run_in_the_database_itself(migrated: Project) -> None:
    migrated.revision(
        "a4",
        "a3",
        'op.create_table("shelf", sa.Column("id", sa.Integer, primary_key=True), '
        'sa.Column("kind", sa.Enum("low", "high", name="shelf_kind")))\n'
        '    op.create_index("ix_shelf_kind", "shelf", ["kind"], if_not_exists=True)\n'
        '    op.add_column("book", sa.Column("isbn", sa.String(20)))\n'
        '    with op.batch_alter_table("book") as batch:\n'
        '        batch.add_column(sa.Column("language", sa.String(20)))\n'
        '    op.bulk_insert(sa.table("shelf", sa.column("id")), [{"id": 1}, {"id": 2}])\n'
        '    op.execute("INSERT INTO shelf (id) SELECT 3")',
    )

    said = migrated.type("migrate")

    assert (said.code, "Working on a copy" in said.err) == (0, False), said.err
    assert migrated.database.kept("undo") == []


@pytest.mark.parametrize("options", AUTOCOMMITTING)
def test_where_a_revision_could_not_be_rolled_back_it_runs_on_a_copy(migrated: Project, options: str) -> None:
    env = migrated.root / "migrations" / "env.py"
    env.write_text(env.read_text().replace("poolclass=pool.NullPool", f"poolclass=pool.NullPool, {options}"))
    before = state(migrated)
    migrated.revision(
        "a4",
        "a3",
        'op.create_table("shelf", sa.Column("id", sa.Integer))\n    op.execute("INSERT INTO nowhere VALUES (1)")',
    )

    said = migrated.type("migrate")

    assert (said.code, "AUTOCOMMIT" in said.err) == (1, True), said.err
    assert state(migrated) == before


def test_a_history_that_only_adds_runs_in_a_database_that_has_other_content(project: Project) -> None:
    execute(project, "CREATE TABLE precious (id INTEGER)")

    said = project.type("migrate")

    assert (said.code, "Working on a copy" in said.err) == (0, False), said.err
