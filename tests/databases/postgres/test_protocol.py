"""The types hold (mypy reads this too): one class is all steps of the protocol, and its drafts are drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from dbtasks.databases.postgres import PostgresDatabase
    from dbtasks.databases.protocol import Changing, Draft


def test_a_database_can_do_all_that_the_protocols_ask(database: PostgresDatabase) -> None:
    changing: Changing = database
    draft: AbstractContextManager[Draft] = database.draft()

    with draft as built:
        built.clone(changing)
        assert built.rows() == changing.rows()
