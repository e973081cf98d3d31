"""Foreign keys, automatic numbers and triggers: put aside while rows come, and there afterwards."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from dbtasks.databases.row_copy import copy_rows
from tests.databases.row_copy.conftest import AUTHOR, BOOK, WAYS, Place


@pytest.mark.parametrize(("source", "target"), WAYS)
def test_circles_and_self_references_and_the_numbers_after_them(
    source: str, target: str, places: Callable[[str], Place]
) -> None:
    here, there = places(source), places(target)
    here.insert(AUTHOR, {"id": 10, "name": "Ann"}, {"id": 5, "name": "Bob", "teacher_id": 10})
    here.insert(BOOK, {"id": 8, "author_id": 5}, {"id": 3, "author_id": 10})
    here.run("UPDATE author SET favourite_id = 8, teacher_id = 5 WHERE id = 10")
    before = sa.inspect(there.engine)
    keys = {table: sorted(before.get_foreign_keys(table), key=repr) for table in ("author", "book")}
    seen: list[tuple[str, int]] = []

    copy_rows(here.database, there.database, lambda table, rows: seen.append((table, rows)))

    assert (there.rows(AUTHOR), there.rows(BOOK)) == (here.rows(AUTHOR), here.rows(BOOK))
    assert {("author", 2), ("book", 2)} <= set(seen)
    after = sa.inspect(there.engine)
    assert {table: sorted(after.get_foreign_keys(table), key=repr) for table in keys} == keys
    there.insert(AUTHOR, {"name": "Cy"})
    assert [row[0] for row in there.rows(AUTHOR)] == [5, 10, 11]


def test_sequences_go_on_after_numbers_that_were_given_out(places: Callable[[str], Place]) -> None:
    here, there, third = places("postgres"), places("postgres"), places("sqlite")
    for place in (here, there):
        place.run("CREATE SEQUENCE counter", "ALTER TABLE book ALTER id SET DEFAULT nextval('counter')")
        place.run("CREATE TABLE ident (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n int)")
    third.run("CREATE TABLE ident (id INTEGER PRIMARY KEY AUTOINCREMENT, n int)")
    here.insert(AUTHOR, {"name": "Ann"})
    here.run("SELECT nextval('counter')", "INSERT INTO book (author_id) VALUES (1)")
    here.run("INSERT INTO ident (n) VALUES (1), (2), (3)", "DELETE FROM ident WHERE id = 3")

    copy_rows(here.database, there.database)
    copy_rows(here.database, third.database)
    there.run("INSERT INTO book (author_id) VALUES (1)", "INSERT INTO ident (n) VALUES (4)")
    third.run("INSERT INTO ident (n) VALUES (4)")
    assert [row[0] for row in there.rows(BOOK)] == [2, 3]
    ident = sa.table("ident", sa.column("id"))
    for place in (there, third):
        with place.engine.connect() as connection:
            assert connection.execute(sa.select(ident).order_by("id")).scalars().all() == [1, 2, 4]

    copy_rows(third.database, there.database)
    there.run("INSERT INTO ident (n) VALUES (5)")
    with there.engine.connect() as connection:
        assert connection.execute(sa.select(ident).order_by("id")).scalars().all() == [1, 2, 4, 5]


def test_triggers_do_not_fire_and_are_there_afterwards(places: Callable[[str], Place]) -> None:
    here, there = places("sqlite"), places("postgres")
    here.insert(AUTHOR, {"id": 1, "name": "Ann"})
    for place in (here, there):
        place.run("CREATE TABLE log (n int)")
    there.run(
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql "
        "AS 'BEGIN INSERT INTO log VALUES (1); RETURN NEW; END'",
        "CREATE TRIGGER noting AFTER INSERT ON author FOR EACH ROW EXECUTE FUNCTION note()",
        "CREATE TRIGGER always AFTER INSERT ON author FOR EACH ROW EXECUTE FUNCTION note()",
        "ALTER TABLE author ENABLE ALWAYS TRIGGER always",
        "COMMENT ON CONSTRAINT fk_author ON book IS 'who wrote it'",
    )

    assert copy_rows(here.database, there.database)["log"] == 0
    with there.engine.connect() as connection:
        states = connection.exec_driver_sql(
            "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
        )
        assert [tuple(row) for row in states] == [("always", "A"), ("noting", "O")]
        comment = connection.exec_driver_sql(
            "SELECT obj_description(oid) FROM pg_constraint WHERE conname = 'fk_author'"
        )
        assert comment.scalar() == "who wrote it"

    here.run("CREATE TRIGGER noting AFTER INSERT ON author BEGIN INSERT INTO log VALUES (1); END")
    assert copy_rows(there.database, here.database)["log"] == 0
    here.insert(AUTHOR, {"id": 2, "name": "Bob"})
    assert here.database.rows()["log"] == 1
