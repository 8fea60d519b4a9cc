"""A world outside that can be changed, watched, and made to fail at any moment.

For what carries changes out: each call of a `ToyChange` counts, and the call number `fails_at`
raises. `Crash` is the power cut: nobody catches it.
"""

from deploy.problem import Problem


class Crash(BaseException):
    """The process is gone."""


class World:
    """Things by name. `calls` lists what was done, such as "apply port"."""

    def __init__(self, **things):
        self.things = dict(things)
        self.calls = []
        self.fails_at = None
        self.failure = Crash

    def call(self, what):
        """Count a call, and fail when it is this one's turn."""
        self.calls.append(what)
        if len(self.calls) == self.fails_at:
            raise self.failure(what)

    def break_at(self, number, failure=Crash):
        """From now on the call of that number fails, once."""
        self.calls = []
        self.fails_at, self.failure = number, failure


class ToyChange:
    """A thing in the world set to a value, in two writes with a call before, between and after."""

    KIND = "toy"
    kind = KIND

    def __init__(self, world, name, value):
        self.world, self.name, self.value = world, name, value
        self.id = f"toy:{name}"
        self.title = f"{name} = {value}"
        self.desired = {"name": name, "value": value}

    async def inspect(self):
        self.world.call(f"inspect {self.name}")
        return {"value": self.world.things.get(self.name)}

    def diff(self, before):
        old = before["value"]
        gone = [] if old is None else [f"- {self.name} = {old}"]
        return [] if old == self.value else [*gone, f"+ {self.name} = {self.value}"]

    async def apply(self, _):
        self.world.call(f"apply {self.name}")
        self.world.things[self.name] = "half"
        self.world.call(f"apply {self.name}, half")
        self.world.things[self.name] = self.value
        self.world.call(f"apply {self.name}, whole")

    async def verify(self):
        self.world.call(f"verify {self.name}")
        if self.world.things.get(self.name) != self.value:
            raise Problem(f"{self.name} is not {self.value}")
        return f"{self.name} is {self.value}."

    async def undo(self, before):
        self.world.call(f"undo {self.name}")
        if self.name in self.world.things:
            self.world.things[self.name] = "half undone"
        self.world.call(f"undo {self.name}, half")
        if before["value"] is None:
            self.world.things.pop(self.name, None)
        else:
            self.world.things[self.name] = before["value"]
        self.world.call(f"undo {self.name}, whole")


def toys(world):
    """The registry of this world."""
    return {ToyChange.KIND: lambda wanted: ToyChange(world, wanted["name"], wanted["value"])}
