"""The supervisor's decisions, with programs that end when the test says so and a clock that the test moves."""

from dataclasses import dataclass, field
from typing import cast

from deploy.local.stack import Stack
from deploy.local.supervisor import Watch


@dataclass
class FakeProcess:
    """A program that ends when the test says so."""

    is_running: bool = True

    def describe_end(self) -> str:
        """Return how it ended."""
        return "was ended by signal 9"


@dataclass
class FakeStack:
    """Programs that are only noted down."""

    processes: dict[str, FakeProcess] = field(
        default_factory=lambda: {"links": FakeProcess(), "redirect": FakeProcess()}
    )
    started: list[str] = field(default_factory=list)
    ready: bool = True

    def start_part(self, name: str) -> None:
        """Note the start."""
        self.started.append(name)
        self.processes[name] = FakeProcess()

    def kill_part(self, name: str) -> None:
        """Note the end."""
        self.processes[name].is_running = False

    def is_ready(self, _name: str) -> bool:
        """Return what the test set."""
        return self.ready


class Scene:
    """A watch over two programs."""

    def __init__(self) -> None:
        self.stack = FakeStack()
        self.said: list[str] = []
        self.time = 100.0
        self.watch = Watch(cast(Stack, self.stack), self.said.append, lambda: self.time)

    def end(self, name: str) -> None:
        """Let a program end."""
        self.stack.processes[name].is_running = False

    def look_after(self, seconds: float) -> None:
        """Let time pass, then look."""
        self.time += seconds
        self.watch.look()


def test_what_dies_is_started_again_and_told() -> None:
    """A program that dies is said to have died, started after a pause, and said to be back."""
    scene = Scene()
    scene.end("links")
    scene.look_after(0)
    assert scene.stack.started == []
    scene.look_after(0.3)
    assert scene.stack.started == ["links"]
    scene.look_after(0.1)
    assert scene.said == ["links was ended by signal 9; starting it again in 0.2 s", "links is back"]


def test_recovery_is_told_once_and_only_when_it_answers() -> None:
    """A program that was started is not yet a program that works."""
    scene = Scene()
    scene.stack.ready = False
    scene.end("links")
    scene.look_after(0)
    scene.look_after(0.3)
    scene.look_after(0.1)
    assert "links is back" not in scene.said
    scene.stack.ready = True
    scene.look_after(0.1)
    scene.look_after(0.1)
    assert scene.said.count("links is back") == 1


def test_pauses_grow_to_ten_seconds() -> None:
    """A program that cannot live does not keep the machine busy."""
    scene = Scene()
    for _ in range(9):
        scene.end("links")
        scene.look_after(0)
        scene.look_after(10.1)
    pauses = [line.rpartition(" in ")[2] for line in scene.said if "again" in line]
    assert pauses == ["0.2 s", "0.4 s", "0.8 s", "1.6 s", "3.2 s", "6.4 s", "10.0 s", "10.0 s", "10.0 s"]


def test_pause_is_short_again_after_a_healthy_time() -> None:
    """One death a day is not a series."""
    scene = Scene()
    for _ in range(3):
        scene.end("links")
        scene.look_after(0)
        scene.look_after(5)
    scene.look_after(31)
    scene.end("links")
    scene.look_after(0)
    assert scene.said[-1].endswith("starting it again in 0.2 s")


def test_programs_are_watched_independently() -> None:
    """One that waits for its pause does not hold up another."""
    scene = Scene()
    scene.end("links")
    scene.look_after(0)
    scene.look_after(0.3)
    scene.end("links")
    scene.end("redirect")
    scene.look_after(0)
    scene.look_after(0.25)
    assert scene.stack.started == ["links", "redirect"]
