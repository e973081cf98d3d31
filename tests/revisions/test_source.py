"""D7: a revision counts as additive only when everything it does is on the allow-list."""

from pathlib import Path

import pytest

from dbtasks.revisions.source import read_effects

HISTORY = Path(__file__).parents[2] / "backend" / "migrations" / "versions"
HEAD = "import sqlalchemy as sa\nfrom alembic import context, op\nfrom sqlalchemy.dialects import postgresql\n\n"

ADDITIVE = {
    "a table": 'op.create_table("book", sa.Column("id", sa.Integer(), sa.Identity(), primary_key=True))',
    "a column that may be null": 'op.add_column("book", sa.Column("isbn", sa.String(20)))',
    "a column with a default": 'op.add_column("book", sa.Column("n", sa.Integer, server_default="0", nullable=False))',
    "a column with a computed default": (
        'op.add_column("book", sa.Column("at", sa.DateTime(), server_default=sa.func.now(), nullable=False))'
    ),
    "an index": 'op.create_index(op.f("ix"), "book", [sa.text("lower(title)")], unique=True)',
    "an index without a lock": (
        "with op.get_context().autocommit_block():\n"
        '        op.create_index("ix", "book", ["title"], postgresql_concurrently=True)'
    ),
    "a check": 'op.create_check_constraint("ck", "book", "n > 0")',
    "a unique constraint": 'op.create_unique_constraint("u", "book", ["n"])',
    "a comment on what is new": 'op.add_column("book", sa.Column("n", sa.Integer(), comment="how many (about)"))',
    "a check by an expression": 'op.create_check_constraint("ck", "book", "length(title) > 0")',
    "rows": 'book = op.create_table("b", sa.Column("id", sa.Integer()))\n    op.bulk_insert(book, [{"id": 1}])',
    "rows by SQL": "op.execute(\"INSERT INTO book (title) VALUES ('it''s; DROP TABLE book'), (upper('x'))\")",
    "rows that may be there": 'op.execute("INSERT INTO book (id) VALUES (1) ON CONFLICT (id) DO NOTHING")',
    "rows from rows": 'op.execute("INSERT INTO shelf (name) SELECT DISTINCT trim(shelf) FROM book")',
    "an insert": 'op.execute(sa.table("book", sa.column("title")).insert().values(title="Emma"))',
    "an insert of PostgreSQL": 'op.execute(postgresql.insert(sa.table("b")).values(a=1).on_conflict_do_nothing())',
    "a table by SQL": 'op.execute("CREATE TABLE a (b INTEGER REFERENCES c (id) ON DELETE CASCADE ON UPDATE SET NULL)")',
    "comments in SQL": 'op.execute("-- DROP TABLE book\\nCREATE INDEX i ON book (title) /* DELETE */")',
    "a constraint by SQL": 'op.execute("ALTER TABLE book ADD CONSTRAINT c CHECK (n > 0) NOT VALID")',
    "a constraint that is validated": 'op.execute("ALTER TABLE book VALIDATE CONSTRAINT c")',
    "a value of an enum": "op.execute(\"ALTER TYPE status ADD VALUE IF NOT EXISTS 'lost'\")",
    "an enum": 'kind = postgresql.ENUM("a", "b", name="kind")\n    kind.create(op.get_bind(), checkfirst=True)',
    "a lock timeout": "op.execute(\"SET LOCAL lock_timeout = '2s'\")",
    "a batch": (
        'with op.batch_alter_table("book") as batch:\n        batch.add_column(sa.Column("a", sa.Integer()))\n'
        '        batch.create_index("ix", ["a"])'
    ),
    "a loop over names": 'for name in ("a", "b"):\n        op.create_index(f"ix_{name}", "book", [name])',
    "two columns by SQL": 'op.execute("ALTER TABLE book ADD COLUMN a numeric(3, 1), ADD COLUMN b text")',
    "a class": "class A:\n        name = 'a'\n        def __init__(self):\n            pass",
    "one engine only": 'if op.get_bind().dialect.name == "postgresql":\n        op.execute("CREATE EXTENSION citext")',
    "a helper": "helper()\n\ndef helper():\n    op.execute(SQL)\n\nSQL = 'CREATE TABLE a (b INTEGER)'",
    "rows by a text": 'op.execute(sa.text("INSERT INTO book (id) VALUES (1); INSERT INTO book (id) VALUES (2)"))',
    "rows by a text with a name": "op.execute(SQL)\n\nSQL = sa.text('INSERT INTO book (id) VALUES (1); ANALYZE book')",
    "a check whose column is called as a statement": 'op.create_check_constraint("ck", "book", "comment IS NOT NULL")',
    "nothing": "pass",
}
TEXTS = {  # each is told once, where it is executed
    'op.execute(sa.text("UPDATE book SET n = forget(n); DELETE FROM book"))': (
        "update of book, line 7",
        "delete from book, line 7",
    ),
}
LOSSES = {
    'op.execute("SELECT")\n    with op.get_context().autocommit_block():\n        op.create_index("ix", "b", ["n"])': (
        "a commit on the way, line 8"
    ),
    'op.drop_table("book")': "drop of table book, line 7",
    'op.create_table_comment("book", "what is read")': "change of the comment of book, line 7",
    "op.execute(\"COMMENT ON TABLE book IS 'what is read'\")": "COMMENT ON TABLE ..., line 7",
    'op.execute("ALTER TABLE book ADD CHECK (forget(n) > 0)")': "change of book, line 7",
    'op.execute("CREATE INDEX ix ON book (forget(n))")': "CREATE INDEX ix ..., line 7",
    'op.execute("ALTER TABLE book ADD COLUMN a numeric(3, 1), SET UNLOGGED")': "change of book, line 7",
    'op.execute("ALTER TABLE book ADD COLUMN a INTEGER, NO FORCE ROW LEVEL SECURITY")': "change of book, line 7",
    'op.execute("INSERT INTO [a--b] VALUES (1); DELETE FROM book")': "SQL that is not understood here, line 7",
    'max(["DELETE FROM book"], key=op.get_bind().exec_driver_sql)': (
        "op.get_bind().exec_driver_sql, called by something else, line 7"
    ),
    "class A:\n        def __init_subclass__(cls):\n            op.drop_table('book')\n    class B(A):\n        pass": (
        "A.__init_subclass__() that is not followed, line 8"
    ),
    "class A:\n        @op.drop_table\n        def run(self):\n            pass": (
        "the decorator of run() that is not followed, line 9"
    ),
    "pass\n\nclass Bad(sa.TypeDecorator):\n    def process_bind_param(self, *_):\n        op.drop_table('book')": (
        "the class Bad that is not followed, line 9"
    ),
    "pass\n\n@sa.event.listens_for(sa.Table, 'before_create')\ndef forget(*_):\n    pass": (
        "the decorator of forget() that is not followed, line 10"
    ),
    "pass\n\nimport patcher": "the code of patcher that is not followed, line 9",
    'op.create_exclude_constraint("ex", "book", ("forget(n)", "="))': "a call of forget(), line 7",
    "op.execute(\"INSERT INTO alembic_version VALUES ('x')\")": "INSERT INTO alembic_version ..., line 7",
    'op.bulk_insert(sa.table("alembic_version", sa.column("version_num")), [])': "alembic_version, line 7",
    'op.drop_column("book", "pages")': "drop of column book.pages, line 7",
    'op.alter_column("book", "n", type_=sa.Integer())': "change of column book.n, line 7",
    'op.rename_table("book", "tome")': "rename of table book, line 7",
    'op.execute("UPDATE book SET n = 1")': "update of book, line 7",
    'op.execute(sa.text("DELETE FROM ONLY book"))': "delete from book, line 7",
    'op.get_bind().execute(sa.text("TRUNCATE book"))': "truncate of book, line 7",
    'op.execute(f"CREATE TABLE {op}")': "SQL that is put together when it runs, line 7",
    'op.execute("CREATE TABLE a (b INTEGER); DROP TABLE book")': "drop of book, line 7",
    'op.execute("INSERT INTO a WITH b AS (DELETE FROM c RETURNING *) SELECT * FROM b")': "delete from c, line 7",
    'op.execute("INSERT OR REPLACE INTO book (id) VALUES (1)")': "update of book, line 7",
    'op.execute("INSERT INTO book VALUES (1) ON CONFLICT (id) DO UPDATE SET n = 1")': "update of book, line 7",
    'op.execute("INSERT INTO a SELECT forget_everything()")': "INSERT INTO a ..., line 7",
    'op.execute("INSERT INTO a VALUES (forget_everything())")': "INSERT INTO a ..., line 7",
    'op.execute("SELECT setval(\'s\', 1)")': "SELECT setval('', 1) ..., line 7",
    'op.execute("CREATE OR REPLACE VIEW v AS SELECT 1")': "CREATE OR REPLACE ..., line 7",
    'op.execute("CREATE TRIGGER t BEFORE INSERT ON book BEGIN SELECT 1")': "CREATE TRIGGER t ..., line 7",
    'op.execute("ALTER TABLE book ADD COLUMN a INTEGER, DROP COLUMN b")': "change of book, line 7",
    'op.execute("DO $$ BEGIN DELETE FROM book; END $$")': "SQL that is not understood here, line 7",
    'op.execute(sa.table("book").update().values(n=1))': "SQL that is put together when it runs, line 7",
    'op.execute(postgresql.insert(sa.table("b")).on_conflict_do_update(set_={}))': (
        "SQL that is put together when it runs, line 7"
    ),
    'op.add_column("book", sa.Column("n", sa.Integer(), nullable=False))': "add_column() of book, line 7",
    'op.get_bind().exec_driver_sql("DELETE FROM book")': "delete from book, line 7",
    'for row in op.get_bind().scalars(sa.text("SELECT 1")):\n        pass': "a call of scalars(), line 7",
    'while True:\n        op.drop_table("book")': "a while statement that is not followed, line 7",
    "sa.MetaData().drop_all(op.get_bind())": "a call of drop_all(), line 7",
    'sa.create_engine("sqlite://")': "create_engine() of sqlite://, line 7",
    'sa.Enum(name="kind").drop(op.get_bind())': "a call of drop(), line 7",
    "from app.seeds import seed\n    seed(op.get_bind())": "a call of seed(), line 8",
    'import os\n    os.remove("x.db")': "remove() of x.db, line 8",
    'getattr(op, "drop_table")("book")': "getattr() of drop_table, line 7",
    'run = op.drop_table\n    run("book")': "op.drop_table, called by something else, line 7",
    "op = None": "op may mean something else in it",
    "from os import *": "* may mean something else in it",
    "helper()\n\ndef helper():\n    op.drop_table('book')": "drop of table book, line 10",
    'with op.batch_alter_table("book", recreate="always"):\n        pass': "rebuild of book, line 7",
    'with op.batch_alter_table("book") as b:\n        b.drop_column("n")': "drop of column book.n, line 8",
    'with op.batch_alter_table("book") as b:\n        b.create_unique_constraint("u", ["n"])': (
        "rebuild of book on SQLite, line 8"
    ),
    'with op.batch_alter_table("book") as b:\n        b.add_column(sa.Column("n", sa.DateTime(), '
    "server_default=sa.func.now()))": "rebuild of book on SQLite, line 8",
    'with op.batch_alter_table("book") as b:\n        b.add_column(sa.Column("n", sa.Integer(), '
    'sa.ForeignKey("shelf.id", name="fk"), nullable=True))': "rebuild of book on SQLite, line 8",
    'with op.batch_alter_table("book") as b:\n        b.add_column(sa.Column("n", sa.Integer(), unique=True))': (
        "rebuild of book on SQLite, line 8"
    ),
    'with op.batch_alter_table("book") as b:\n        b.add_column(sa.Column("n", sa.Enum("a", name="k", '
    "create_constraint=True)))": "rebuild of book on SQLite, line 8",
}  # fmt: skip
SEVERAL = (
    'op.create_index("ix", "t", ["name"], postgresql_where=sa.text("true; delete from t"))',
    'op.create_index("ix", "t", [sa.text("name); delete from t; --")])',
    'op.create_index("ix", "t", ["name"], postgresql_ops={"name": "text_ops); delete from t; --"})',
    'op.create_index("ix", "t", ["name"], postgresql_with={"fillfactor": "50); delete from t; --"})',
    'op.create_check_constraint("ck", "t", "true); delete from t; --")',
    'op.add_column("t", sa.Column("z", sa.String(), server_default=sa.text("\'\'; delete from t")))',
    'op.add_column("t", sa.Column("z", sa.Integer(), sa.Computed("1) stored; delete from t; --")))',
    'with op.batch_alter_table("t") as b: b.create_index("ix", ["n"], postgresql_where=sa.text("true; delete from t"))',
    'op.create_check_constraint("ck", "t", CHECK)\n\nCHECK = "true); delete from t; --"',
    'op.create_check_constraint("ck", "t", "comment IS NOT NULL); delete from t where (1 = 1")',
    'op.create_check_constraint("ck", "t", sa.text("comment IS NOT NULL); delete from t where (1 = 1"))',
    'op.create_table("b", sa.Column("n"), sa.CheckConstraint("comment IS NULL); delete from t; --"))',
    'op.create_index("ix", "t", ["n"], postgresql_where=sa.text("comment IS NULL; delete from t"))',
    'op.create_index("ix", "t", ["n"], postgresql_where=ONLY)\n\nONLY = sa.text("set IS NULL; delete from t")',
    'sa.Index("ix", sa.text("comment); delete from t; --")).create(op.get_bind())',
)
CALLS = (
    'op.add_column("book", sa.Column("n", sa.Integer(), server_default=sa.text("forget()")))',
    'op.add_column("book", sa.Column("n", sa.Integer(), server_default=sa.func.forget()))',
    'op.add_column("book", sa.Column("n", sa.Integer(), sa.Computed("forget(n)")))',
    'op.create_check_constraint("ck", "book", "forget(n) > 0")',
    'op.create_check_constraint("ck", "book", CHECK)\n\nCHECK = "forget(n) > 0"',
    'op.create_table("b", sa.Column("n"), sa.CheckConstraint("forget(n) > 0"))',
    'op.create_index("ix", "book", [sa.text("forget(n)")])',
    'op.create_check_constraint("ck", "book", "comment = forget(n)")',
    'op.create_index("ix", "book", [sa.text("comment || forget(n)")])',
    'op.add_column("book", sa.Column("n", sa.Integer(), sa.Computed("comment || forget(n)")))',
)


def written(folder: Path, body: str) -> Path:
    file = folder / "a1.py"
    file.write_text(f"{HEAD}\ndef upgrade():\n    {body}\n\n\ndef downgrade():\n    op.drop_table('book')\n")
    return file


@pytest.mark.parametrize("body", ADDITIVE.values(), ids=ADDITIVE)
def test_what_only_adds_is_no_loss(tmp_path: Path, body: str) -> None:
    assert read_effects(written(tmp_path, body)).losses == ()


@pytest.mark.parametrize("body", LOSSES)
def test_whatever_is_not_on_the_list_is_named_with_its_line(tmp_path: Path, body: str) -> None:
    assert LOSSES[body] in read_effects(written(tmp_path, body)).losses


@pytest.mark.parametrize("body", TEXTS)
def test_a_text_that_is_executed_is_judged_as_statements_and_only_so(tmp_path: Path, body: str) -> None:
    assert read_effects(written(tmp_path, body)).losses == TEXTS[body]


@pytest.mark.parametrize("body", SEVERAL)
def test_an_expression_that_holds_another_statement_is_not_understood(tmp_path: Path, body: str) -> None:
    losses = read_effects(written(tmp_path, body), engine="postgres").losses

    assert [loss for loss in losses if loss.startswith("SQL that is not understood here")] != []


@pytest.mark.parametrize("body", CALLS)
def test_a_function_that_the_database_would_call_may_do_anything(tmp_path: Path, body: str) -> None:
    assert read_effects(written(tmp_path, body)).losses == ("a call of forget(), line 7",)


@pytest.mark.parametrize("body", [body for body, loss in LOSSES.items() if "on SQLite" in loss])
def test_a_batch_that_only_sqlite_rebuilds_adds_on_postgresql(tmp_path: Path, body: str) -> None:
    assert read_effects(written(tmp_path, body), engine="postgres").losses == ()


def test_a_downgrade_is_read_in_the_same_way(tmp_path: Path) -> None:
    assert read_effects(written(tmp_path, "pass"), function="downgrade").losses == ("drop of table book, line 11",)


@pytest.mark.parametrize("text", [b"def upgrade(:", b"\0", b"\xff\xfe", b"upgrade = print\n"])
def test_a_file_that_cannot_be_followed_counts_as_a_loss(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "a1.py"
    file.write_bytes(text)

    assert read_effects(file).losses != ()
    assert read_effects(tmp_path / "missing.py").losses != ()


def test_the_reference_history_loses_where_it_changes_or_fills() -> None:
    found = {
        file.name.split("_")[3]: read_effects(file, engine="postgres").losses for file in sorted(HISTORY.glob("*.py"))
    }

    assert {name for name, losses in found.items() if not losses} == {
        "1a01c7ea7e5d", "2b02add9407e", "5e051dec0a7e", "6f06f4e190ce", "9c09e4ba4d01",
    }  # fmt: skip
    assert len(found) == 12
    assert found["8b08da7a0f11"] == ("update of resource, line 19",)
