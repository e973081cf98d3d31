"""What each task has to make of the database, as a plan."""

from tests.state_machine import example
from tests.state_machine.content import Content
from tests.state_machine.oracle import NOTHING, Step, Walk, way
from tests.state_machine.places import Place
from tests.state_machine.verdict import Plan
from tests.state_machine.world import World

EMPTY = Content(present=True)
SEED: Step = ("seed", "")


def fresh(world: World, place: Place, *steps: Step) -> Walk:
    """What comes of nothing: head of the branch, and more steps."""
    return world.oracle.walk(place, EMPTY, None, (*way("", example.HEADS[world.branch]), *steps))


def onward(world: World, place: Place, content: Content, *steps: Step) -> Walk:
    """What comes of the database itself, brought to head."""
    if not content.present:
        return fresh(world, place, *steps)
    return world.oracle.walk(place, content, "", (*way(content.revision, example.HEADS[world.branch]), *steps))


def is_known(world: World, content: Content) -> bool:
    """Does this branch have the revision that the content stands on?"""
    return not content.revision or content.revision in example.BRANCHES[world.branch]


def reset(world: World, *, seed: bool) -> Plan:
    return Plan((fresh(world, world.place, *((SEED,) if seed else ())),))


def create(_world: World, old: Content) -> Plan:
    return Plan((Walk((old if old.present else EMPTY,), complete=True),))


def drop(_world: World, _old: Content) -> Plan:
    return Plan((NOTHING,))


def migrate(world: World, old: Content) -> Plan:
    return Plan((onward(world, world.place, old),), in_place=True)


def downgrade(world: World, old: Content, target: str) -> Plan:
    if not old.revision or not is_known(world, old):
        return Plan()
    below = "" if target == "base" else example.PARENTS[old.revision]
    return Plan((world.oracle.walk(world.place, old, "", way(old.revision, below)),))


def replay(world: World, old: Content) -> Plan:
    if not is_known(world, old):
        return Plan()
    if not old.present:
        return Plan((fresh(world, world.place),))
    down_and_up = [*way(old.revision, ""), *way("", example.HEADS[world.branch])]
    return Plan((world.oracle.walk(world.place, old, "", down_and_up),))


def seed(world: World, old: Content) -> Plan:
    if "book" not in old.tables:
        return (
            Plan() if old.present else exactly(old, EMPTY, may_refuse=True)
        )  # a seed program that connects makes an SQLite file
    return Plan((world.oracle.walk(world.place, old, "", (SEED,)),))


def setup(world: World, old: Content) -> Plan:
    """A database without rows may be made anew, or brought to head as it stands."""
    walks = [onward(world, world.place, old, SEED)]
    if not any(table.rows for name, table in old.tables.items() if name != "alembic_version"):
        walks.append(fresh(world, world.place, SEED))
    return Plan(tuple(walks), may_refuse=not is_known(world, old))


def stamp(world: World, old: Content) -> Plan:
    if not old.present:
        return Plan()
    head = example.HEADS[world.branch]
    return Plan((world.oracle.walk(world.place, old, "", (("stamp", head),)),))


def restore(world: World, name: str, *, migrated: bool) -> Plan:
    content = world.model.snapshots[name]
    source = next((where for where, kept in world.place.stored().items() if kept.hash == content.hash), "")
    known = is_known(world, content)
    steps = way(content.revision, example.HEADS[world.branch]) if migrated and known else []
    return Plan((world.oracle.walk(world.place, content, source, steps),))


def exactly(*contents: Content, may_refuse: bool = False) -> Plan:
    """One of these contents."""
    return Plan(tuple(Walk((content,), complete=True) for content in contents), may_refuse=may_refuse)


def enter_branch(world: World, old: Content) -> Plan:
    """The state of the branch that is checked out, or a copy where it has none."""
    parked = world.model.parked
    sources = [parked[name] for name in (world.branch, "main") if name in parked]
    return exactly(old, *sources)


def migrate_other(world: World, place: Place, old: Content) -> Plan:
    """The target of a switch, at head."""
    return Plan((onward(world, place, old),), in_place=True)
