"""Letting players through this computer's firewall, as a change that can be taken back."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence

from deploy import run
from deploy.clone import Clone
from deploy.embedded.record import Process
from deploy.firewall import plan, walls
from deploy.firewall.exposure import Prober, Reach
from deploy.firewall.facts import Facts
from deploy.firewall.root import AsRoot
from deploy.firewall.sockets import Session
from deploy.firewall.trial import Order, Trial
from deploy.firewall.wall import Wanted
from deploy.ledger import JsonObject, Ledger
from deploy.problem import Problem
from deploy.run import Runner

TRIAL_S = 60.0

Ask = Callable[[float], Awaitable[bool]]
"""Asks whether all is well, for that many seconds at most; the person is still there if it is."""


async def at_once(_: float) -> bool:
    """The answer of --yes: what was measured is enough."""
    return True


class FirewallRule:
    """The door's ports let in by ufw or firewalld. Applying it is a trial: see trial.py.

    Args:
        desired: {"firewall", "ports", "enable", "ssh"}, as the ledger keeps it; and "earlier", if
            other ports were let in before the settings changed: they are taken back as well.
        trial: where its trial is kept.
        runner: what runs programs.
        sessions: the SSH sessions that must stay possible.
        ask: decides over the trial.
        seconds: how long `ask` may take.
        prober: connects from outside, or None.
    """

    KIND = "firewall-rule"

    def __init__(  # noqa: PLR0913  # what the command line lets one choose
        self,
        desired: JsonObject,
        trial: Trial,
        runner: Runner = run.run,
        *,
        sessions: Sequence[Session] = (),
        ask: Ask = at_once,
        seconds: float = TRIAL_S,
        prober: Prober | None = None,
    ) -> None:
        self._name = str(desired["firewall"])
        self._wanted = Wanted(
            tuple(desired["ports"]), bool(desired["enable"]), tuple(desired["ssh"])
        )
        self._earlier = tuple(desired.get("earlier", ()))
        self._runner = AsRoot(runner)
        self._wall = walls.of(self._name, self._wanted, self._runner)
        self._trial = trial
        self._sessions = sessions
        self._ask = ask
        self._seconds = seconds
        self._prober = prober

    @classmethod
    def from_ledger(cls, desired: JsonObject, clone: Clone) -> "FirewallRule":
        """The change that the ledger kept, to be taken back: all that was ever let in by it."""
        ports = [*desired["ports"], *desired.get("earlier", ())]
        return cls({**desired, "ports": ports, "earlier": []}, Trial.of(clone))

    @property
    def kind(self) -> str:
        """Of this class."""
        return self.KIND

    @property
    def id(self) -> str:
        """A firewall has one set of ours."""
        return f"{self.KIND}:{self._name}"

    @property
    def title(self) -> str:
        """For people."""
        ports = " and ".join(str(port) for port in self._wanted.ports) or "nothing more"
        return f"{self._name}: let TCP {ports} in"

    @property
    def desired(self) -> JsonObject:
        """The firewall and what is wanted of it."""
        earlier: JsonObject = {"earlier": list(self._earlier)} if self._earlier else {}
        return {
            "firewall": self._name,
            "ports": list(self._wanted.ports),
            "enable": self._wanted.enable,
            "ssh": list(self._wanted.ssh),
            **earlier,
        }

    async def inspect(self) -> JsonObject:
        """What the firewall says, to the byte; where a power cut interrupted a trial, what it said.

        That trial was never confirmed, and what it left must not be taken for what was there
        before. It is taken back by `apply` and `undo`; this changes nothing.
        """

        def look() -> JsonObject:
            order = self._trial.interrupted()
            return order.before if order and order.wall == self._name else self._wall.look()

        return await asyncio.to_thread(look)

    def diff(self, before: JsonObject) -> list[str]:
        """The commands that are missing."""
        return self._wall.diff(before)

    async def apply(self, before: JsonObject) -> None:
        """Make it, ask, and keep it; else all is as before, and a Problem.

        Nothing is changed when somebody who is logged in by SSH could not come back.
        """
        if await asyncio.to_thread(self._trial.recover, self._runner):
            before = await asyncio.to_thread(self._wall.look)
        cut_off = self._wall.cut_off(before, self._sessions)
        if cut_off:
            who = cut_off[0]
            raise Problem(
                f"This would lock out the SSH session from {who.peer} (TCP {who.port}): no rule "
                f"of {self._name} lets it in. Nothing was changed.",
                f"sudo {self._name} allow from {who.peer} to any port {who.port} proto tcp, "
                "then the same command again",
            )
        owner = Process.of(os.getpid())
        order = Order(
            self._name,
            self._wanted.ports,
            self._wanted.enable,
            self._wanted.ssh,
            before,
            self._seconds,
            owner,
        )
        beginning = asyncio.ensure_future(asyncio.to_thread(self._trial.begin, order))
        try:
            await asyncio.shield(beginning)
            is_kept = await self._ask(self._seconds)
        except BaseException:  # Ctrl-C among them
            await self._give_up(beginning)
            raise
        if not is_kept:
            await asyncio.to_thread(self._trial.finish, "back")
            raise Problem(
                "The change was not confirmed, so the firewall is as it was before.",
                "the same command again, and confirm it in time",
            )
        await asyncio.to_thread(self._trial.finish, "keep")

    async def _give_up(self, beginning: "asyncio.Future[None]") -> None:
        """Take the trial back at once. A thread cannot be stopped: it begins it to its end."""
        await asyncio.wait([beginning])
        if beginning.exception() is None:  # else all is as before already
            self._trial.decide("back")  # at once: a second Ctrl-C may end the wait for it
            await asyncio.to_thread(self._trial.finish, "back")

    async def verify(self) -> str:
        """What the firewall says now, and what was measured from outside."""
        await asyncio.to_thread(self._trial.recover, self._runner)
        left = self._wall.diff(await asyncio.to_thread(self._wall.look))
        if left:
            raise Problem(f"{self._name} does not hold what was just made: {left[0]}.")
        ports = " and ".join(str(port) for port in self._wanted.ports)
        if not ports:
            return f"{self._name} is as wanted."
        seen = await self._measure()
        if seen:
            reached = " and ".join(map(str, seen))
            return f"From outside, TCP {reached} was reached through {self._name}."
        return f"{self._name} lists TCP {ports} as open; from outside this was not measured."

    async def undo(self, before: JsonObject) -> None:
        """Take our rules out, to the byte where nobody else changed anything."""

        def back() -> None:
            self._trial.recover(self._runner)
            self._wall.back(before)

        await asyncio.to_thread(back)

    async def _measure(self) -> list[int]:
        """The ports that were reached from outside, as far as anybody could tell."""
        if self._prober is None:
            return []
        reached = await self._prober(self._wanted.ports)
        return [port for port in self._wanted.ports if reached.get(port) is Reach.OPEN]


def needed(
    facts: Facts, clone: Clone, *, enable: bool = False, **how: object
) -> list[FirewallRule]:
    """The changes that these facts ask for: one, or none."""
    wanted = plan.wanted(facts, enable=enable)
    if not facts.kind.is_ours_to_change or not (wanted.ports or wanted.enable):
        return []
    known = Ledger.of(clone).find(f"{FirewallRule.KIND}:{facts.kind}")
    done = known.desired if known else {}
    ever = [*done.get("ports", ()), *done.get("earlier", ())]
    desired: JsonObject = {
        "firewall": str(facts.kind),
        "ports": list(wanted.ports),
        # What an earlier run did is not forgotten: `undo` must find it.
        "enable": enable or bool(done.get("enable")),
        "ssh": sorted({*wanted.ssh, *done.get("ssh", ())}),
        "earlier": [port for port in dict.fromkeys(ever) if port not in wanted.ports],
    }
    return [FirewallRule(desired, Trial.of(clone), sessions=facts.sessions, **how)]  # type: ignore[arg-type]
