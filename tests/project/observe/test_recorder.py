"""Which files count as read by a build."""

from dbtasks.project.observe.recorder import Recorder


def test_a_project_on_a_memory_file_system_is_looked_at_as_any_other() -> None:
    told: list[str] = []
    recorder = Recorder(lambda _kind, name, _value: told.append(name))

    for path in ("/dev/shm/shop/titles.txt", "/dev/null", "/proc/self/maps"):
        recorder.read_file(path)
    recorder.list_folder("/dev/shm/shop")

    assert told == ["/dev/shm/shop/titles.txt", "/dev/shm/shop"]
