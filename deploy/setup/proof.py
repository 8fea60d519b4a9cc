"""What is proven at the end, and by whom: the certificate authority, a prober, or nobody yet."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from deploy import outsider, run
from deploy.clone import Clone
from deploy.doctor.facts import Acme
from deploy.doctor.gathering import caddy_log
from deploy.doctor.gathering.door import log_lines
from deploy.keeper import certificate
from deploy.keeper.certificate import Validity
from deploy.problem import Problem
from deploy.settings import Settings
from deploy.stack import Say, Stack
from protocol.invite import Invite

PATIENCE_S = 100.0  # a first failure, the authority's minute, and a second try
STEP_S = 0.2


@dataclass
class Proof:
    """What is known of the way in.

    Attributes:
        shown: what was seen to be so, in sentences.
        open: what only a friend can confirm.
        probe: what the prober said, or None where there is none.
    """

    shown: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    probe: outsider.Answer | None = None


@dataclass(frozen=True)
class Watch:
    """Waits for the certificate of the public name.

    Attributes:
        clone, chosen, stack: whose door.
        say: told each step.
        run_began: when this setup began, in wall time: what is older proves nothing of it.
        wall, pause: the time, and how to let it pass; for tests.
    """

    clone: Clone
    chosen: Settings
    stack: Stack
    say: Say
    run_began: float
    wall: Callable[[], float] = time.time
    pause: Callable[[float], None] = time.sleep

    def wait(self) -> str:
        """Wait until the door shows it; gives the sentence of what that proves.

        Raises:
            Problem: the authority refuses it, or it takes too long.
        """
        began, port = self.wall(), self.stack.door().https_port
        while (found := self._look(port)) is None:
            waited_s = self.wall() - began
            self._look_at_log(waited_s)
            if waited_s > PATIENCE_S:
                raise Problem(
                    f"There is no certificate for {self.chosen.domain} after {PATIENCE_S:.0f} s.",
                    "./lanternhold doctor; then the same command, which goes on from here",
                )
            self.pause(STEP_S)
        return self._told(found, self.wall() - began)

    def _look(self, port: int) -> Validity | None:
        found = asyncio.run(certificate.look(self.chosen.domain, port))
        is_good = found is not None and found.is_named and found.not_after > self.wall()
        return found if is_good else None

    def _told(self, found: Validity, took_s: float) -> str:
        # Authorities set the beginning back (by an hour, some), so the door's log is asked too.
        story = self._story()
        run_s = self.wall() - self.run_began
        is_told_new = story.state == "obtained" and story.age_s is not None
        if found.not_before >= self.run_began or (is_told_new and (story.age_s or 0.0) <= run_s):
            return (
                f"{self.chosen.domain} has a certificate (after {took_s:.1f} s): its authority "
                "came in from outside by that name."
            )
        since = time.strftime("%Y-%m-%d", time.gmtime(found.not_before))
        return (
            f"{self.chosen.domain} has a certificate, and has one since {since}: it is good, but "
            "does not prove the way in from outside as it is today."
        )

    def _story(self) -> Acme:
        lines = log_lines(self.clone, self.stack.mode)
        return caddy_log.read(lines, self.chosen.domain, self.wall())

    def _look_at_log(self, waited_s: float) -> None:
        story = self._story()
        proof = {"http-01": " by port 80", "tls-alpn-01": " by port 443"}.get(story.challenge, "")
        self.say(f"Certificate: the authority looks at {self.chosen.domain}{proof} ...")
        is_new = story.age_s is not None and story.age_s < waited_s
        # It has given up for now: one challenge that failed may yet be followed by another.
        if story.state == "failing" and is_new and story.retry_in_s:
            if story.kind == caddy_log.UNREACHABLE:
                raise Problem(
                    "The certificate authority cannot be reached from this computer, so there is "
                    f"no certificate for {self.chosen.domain} yet. ./lanternhold logs caddy has "
                    "its words.",
                    "look whether a browser here opens any page; ./lanternhold doctor; then the "
                    "same command, which goes on from here",
                )
            told = "; ".join(f"{name}: {words}" for name, (_, words) in story.challenges.items())
            raise Problem(
                f"The certificate authority does not give {self.chosen.domain} a certificate: "
                f"{told or story.detail}",
                "./lanternhold doctor; then the same command, which goes on from here",
            )


def from_outside(
    chosen: Settings, made: Invite, proof: Proof, runner: run.Runner = run.run
) -> None:
    """Join through the public name from another place, where there is a prober.

    Raises:
        Problem: it was tried from there, and did not work.
    """
    if not chosen.prober:
        proof.open.append(
            "That a player gets in from outside has not been tried: no prober is set. Have a "
            "friend run ./lanternhold probe LINK, or just join."
        )
        return
    link = f"{made.link()}\n".encode()
    done = runner(list(chosen.prober), timeout_s=outsider.PROBE_S, stdin=link)
    said = outsider.read(done.out)
    if said is None:
        raise Problem(
            f"The prober gave no answer: {done.last_words or 'it said nothing'}",
            "see LANTERNHOLD_DEPLOY_PROBER in docs/reference/settings.md",
        )
    proof.probe = said
    way = outsider.from_outside(said)
    if way is None:
        proof.open.append(
            "That a player gets in from outside could not be confirmed: the prober "
            "(LANTERNHOLD_DEPLOY_PROBER) sits in your own network. Have a friend run "
            "./lanternhold probe LINK, or just join."
        )
    elif way["ok"]:
        proof.shown.append(f"A player joined from outside, {way.get('way', 'by the public name')}.")
    else:
        nothing = {"name": "?", "detail": ""}
        failed = next((step for step in way["steps"] if not step["ok"]), nothing)
        raise Problem(
            f"From outside nobody can join. {failed['name']}: {failed['detail']}",
            "./lanternhold doctor; then the same command, which goes on from here",
        )
