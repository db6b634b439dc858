"""How random verbs are walked over the portal and a small model of it at once: each done in both, or refused."""

import inspect
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, ClassVar

from django.db import transaction
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from accounts.models import User
from landespreis.refusal import Refused
from tests.fuzz import measure

Clock = Callable[[datetime], None]
Arguments = dict[str, st.SearchStrategy[Any]]


class No(Exception):
    """A verb of a model refuses: "NotAllowed", "Refused", or another name of the portal's exceptions."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def require(holds: object, kind: str = "Refused") -> None:
    """Refuse in a model unless it `holds`."""
    if not holds:
        raise No(kind)


def verb(*, when: Callable[[Any], object] = bool, **drawn: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a method something that a step may do, with arguments drawn, while `when` holds."""

    def mark(method: Callable[..., None]) -> Callable[..., None]:
        method.verb = (when, drawn)  # type: ignore[attr-defined]
        return method

    return mark


class Walk(RuleBasedStateMachine):
    """Each step does one verb in the portal and in the model; all of a walk is rolled back.

    Steps are drawn evenly by a rule of our own: Hypothesis would leave most rules out of each walk.
    """

    verbs: ClassVar[dict[str, tuple[Callable[[Any], object], Arguments]]]
    people: dict[str, User]
    """By the names that the model knows."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.verbs = {name: method.verb for name, method in vars(cls).items() if hasattr(method, "verb")}

    def __init__(self) -> None:
        super().__init__()
        self.undo_all = transaction.atomic()
        self.undo_all.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo_all.__exit__(None, None, None)

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        named = [name for name, (when, _) in self.verbs.items() if when(self)]
        name = data.draw(st.sampled_from(named))
        arguments = {key: data.draw(strategy) for key, strategy in self.verbs[name][1].items()}
        note(f"{name}({arguments})")
        method = getattr(self, name)
        method(data, **arguments) if "data" in method.__annotations__ else method(**arguments)

    def user(self, name: str) -> User:
        return User.objects.get(pk=self.people[name].pk)  # nothing known of what they were allowed before

    def both(self, expected: Callable[[], None], verb: Callable[[], Any]) -> Any:
        """Do it in both and compare whether it was done, or how it was refused; return what the verb returned."""
        done = refused = wanted = None
        try:
            expected()
        except No as no:
            wanted = no.kind
        try:
            done = verb()
        except Refused as error:
            refused = type(error).__name__
        assert refused == wanted
        return done


def run(machine: type[Walk], *, few: int, steps: int) -> None:
    """Walk: in the suite `few` times and always the same ways, in a long run as often as that says, by chance."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=measure.EXAMPLES or few,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=not measure.EXAMPLES,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )


def with_an_actor(package: ModuleType) -> Iterator[str]:
    """Yield the names of everything in the modules of a package of verbs that somebody does."""
    for found in iter_modules(package.__path__):
        module = import_module(f"{package.__name__}.{found.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            own = function.__module__ == module.__name__ and not name.startswith("_")
            if own and "by" in inspect.signature(function).parameters:
                yield f"{found.name}.{name}"
