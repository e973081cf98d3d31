"""What `revision` writes needs no hand edits: it runs up and down, on tables with rows, on either engine."""

import pytest

from tests.fixtures.models import book, define, table, written
from tests.fixtures.projects import Project

RICH = (
    """
class Color(enum.Enum):
    red = 1
    blue = 2

"""
    + table(
        "author",
        'sa.Column("name", AutoString(length=50), nullable=False, unique=True)',
        'sa.Column("born", UTCDateTime())',
        'sa.Column("color", sa.Enum(Color))',
        'sa.Column("boss", sa.ForeignKey("author.id"))',
        "sa.CheckConstraint(\"name <> ''\")",
    )
    + book(
        'sa.Column("price", sa.Numeric(10, 2), nullable=False)',
        'sa.Column("sold", sa.Boolean, nullable=False, default=True)',
        'sa.Column("color", sa.Enum(Color), nullable=False, default=Color.blue)',
        'sa.Column("mood", sa.Enum("ok", "bad", name="mood", native_enum=False, create_constraint=True))',
        'sa.Column("note", AutoString(), nullable=False, index=True)',
        'sa.Column("made", UTCDateTime(), nullable=False, server_default=sa.func.now())',
        'sa.Column("seen", sa.Boolean, nullable=False, server_default=sa.false())',
        'sa.Column("author_id", sa.ForeignKey("author.id"))',
        'sa.UniqueConstraint("title", "price")',
        'sa.CheckConstraint("price >= 0", name="price_positive")',
    )
)


# Types that the engines spell differently, or that one of them has and the other writes as a CHECK.
PECULIAR = """
from sqlalchemy.dialects import postgresql
""" + book(
    'sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"))',
    'sa.Column("size", sa.Enum("s", "l", name="size", create_constraint=True))',
    'sa.Column("lent", sa.Boolean(create_constraint=True, name="lent_or_not"))',
    'sa.Column("key", sa.Uuid)',
    'sa.Column("cover", sa.LargeBinary)',
    'sa.Column("took", sa.Interval)',
    'sa.Column("weight", sa.Float, server_default="1.5")',
    'sa.Column("day", sa.DateTime)',
)


def text_of(project: Project) -> str:
    return written(project)[-1].read_text()


def rows(project: Project) -> dict[str, int]:
    return project.database.rows()


@pytest.fixture
def other_url(request: pytest.FixtureRequest, project: Project) -> str:
    """A database on the engine that the project is not on."""
    if not project.url.startswith("sqlite"):
        return "sqlite:///other.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


def test_everything_at_once_runs_up_and_down_on_a_table_with_rows(project: Project) -> None:
    define(project, RICH)
    project.type("migrate")

    said = project.type("revision", "describe books and authors")

    assert said.code == 0, said.err
    assert project.type("migrate").code == 0
    assert project.type("check").code == 0
    assert rows(project) == {"book": 1, "author": 0}
    assert project.type("downgrade", "a3").code == 0
    assert project.type("migrate").code == 0


def test_what_one_engine_has_written_runs_on_the_other(
    project: Project, other_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    define(project, RICH)
    assert project.type("revision", "describe books and authors").code == 0

    monkeypatch.setenv("DATABASE_URL", other_url)

    assert project.type("migrate").code == 0
    assert project.type("check").out.startswith("The models and the history agree")
    assert project.type("downgrade", "a3").code == 0
    assert project.type("migrate").code == 0


def test_types_that_the_engines_spell_differently_come_and_go(
    project: Project, other_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    define(project, PECULIAR)
    assert project.type("revision", "describe books closely").code == 0
    assert project.type("migrate").code == 0
    assert project.type("check").code == 0
    define(project, book())

    said = project.type("revision", "describe books no more")

    assert said.code == 0, said.err
    monkeypatch.setenv("DATABASE_URL", other_url)
    assert project.type("migrate").code == 0
    assert project.type("downgrade", "a3").code == 0


def test_the_types_are_sqlalchemys_own(project: Project) -> None:
    define(project, RICH)
    project.type("revision", "describe books and authors")

    text = text_of(project)

    assert "sa.DateTime(timezone=True)" in text
    assert "sa.String(length=50)" in text
    assert "sqlmodel" not in text
    assert "sa.func.now()" in text


def test_no_constraint_is_without_a_name(project: Project) -> None:
    define(project, RICH)
    project.type("revision", "describe books and authors")

    text = text_of(project)

    for name in ("author_pkey", "author_name_key", "author_boss_fkey", "author_check", "book_author_id_fkey"):
        assert f'"{name}"' in text
    assert "None" not in text.partition("def upgrade")[2].replace("schema=None", "").replace("server_default=None", "")


def test_an_unnamed_constraint_of_the_past_is_dropped_on_both_engines(
    project: Project, other_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = 'op.create_table("shelf", sa.Column("id", sa.Integer, primary_key=True), sa.Column("book_id", sa.Integer, '
    project.revision("a4_", "a3", create + 'sa.ForeignKey("book.id")))')
    define(project, book() + table("shelf", 'sa.Column("book_id", sa.Integer)'))

    said = project.type("revision", "let a shelf be free")

    assert said.code == 0, said.err
    monkeypatch.setenv("DATABASE_URL", other_url)
    assert project.type("migrate").code == 0
    assert project.type("check").code == 0


def test_a_required_column_without_a_fitting_value_says_so_and_runs_when_filled(project: Project) -> None:
    define(project, book('sa.Column("made", sa.Date, nullable=False)'))

    said = project.type("revision", "say when a book was made")
    file = written(project)[-1]

    assert (said.code, "null" in said.err.lower()) == (1, True)
    assert "no value fits every row" in file.read_text()
    fill = "    op.execute(\"UPDATE book SET made = '2026-01-01'\")\n    # Set made"
    file.write_text(file.read_text().replace("    # Set made", fill))
    assert project.type("migrate").code == 0
    assert project.type("check").code == 0


@pytest.mark.parametrize(
    "column", ['sa.Column("isbn", sa.String(13), nullable=False, unique=True)',
               'sa.Column("after_id", sa.ForeignKey("book.id"), nullable=False)']
)  # fmt: skip
def test_no_value_is_invented_for_a_unique_column_or_a_foreign_key(project: Project, column: str) -> None:
    define(project, book(column))

    assert project.type("revision", "tell books apart").code == 1

    assert "no value fits every row" in text_of(project)


def test_the_way_back_is_open_for_a_table_with_rows(project: Project) -> None:
    define(project, book('sa.Column("made", sa.DateTime, server_default=sa.func.now(), nullable=False)'))
    assert project.type("revision", "say when a book was made").code == 0
    define(project, book())
    assert project.type("revision", "forget when a book was made").code == 0
    project.type("migrate")

    assert project.type("downgrade", "a3").code == 0


def test_a_column_that_goes_is_told_as_a_loss(project: Project) -> None:
    define(project, table("book", 'sa.Column("title", sa.String(80))'))

    assert project.type("revision", "forget the pages").code == 0

    assert "# This drops book.pages with all that it holds." in text_of(project)


def test_a_change_of_type_tells_postgresql_how(project: Project) -> None:
    define(project, table("book", 'sa.Column("title", sa.String(80))', 'sa.Column("pages", sa.String(20))'))

    assert project.type("revision", "let pages be text").code == 0
    assert "pages::VARCHAR(20)" in text_of(project)
    assert project.type("migrate").code == 0
    assert project.type("check").code == 0


def test_an_added_column_is_written_as_plainly_as_by_hand(project: Project) -> None:
    define(project, book('sa.Column("isbn", sa.String(13))'))

    project.type("revision", "add isbn to book")

    assert 'op.add_column("book", sa.Column("isbn"' in text_of(project)
    assert "batch" not in text_of(project)


def test_the_sql_for_postgresql_is_shown_whatever_the_engine(project: Project) -> None:
    define(project, book('sa.Column("isbn", sa.String(13))'))

    said = project.type("revision", "add isbn to book")

    up, _, down = said.out.partition("-- downgrade")
    assert "ADD COLUMN isbn VARCHAR(13)" in up
    assert "DROP COLUMN isbn" in down


def test_a_file_that_cannot_be_loaded_does_not_stay(project: Project) -> None:
    template = project.root / "migrations" / "script.py.mako"
    template.write_text("import a_module_that_is_not_there\n" + template.read_text())
    define(project, book('sa.Column("isbn", sa.String(13))'))

    said = project.type("revision", "add isbn to book")

    assert (said.code, written(project)) == (1, [])
    assert "a_module_that_is_not_there" in said.err


def test_a_revision_is_proved_beside_the_database_and_not_on_it(project: Project) -> None:
    project.type("migrate", "a2")
    define(project, book('sa.Column("isbn", sa.String(13))'))

    assert project.type("revision", "add isbn to book").code == 0

    assert (project.database.current(), project.database.tidy()) == (("a2",), 0)
