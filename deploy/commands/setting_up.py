"""`setup`: the guided way to a server that friends elsewhere can join."""

import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from deploy import handout, invitation, kinds, modes, outsider, screen, settings
from deploy.changes import Outcome, Step
from deploy.clone import Clone
from deploy.commands.asking import has_somebody
from deploy.commands.changing import KEPT, DryRun, Talk, Yes, show
from deploy.commands.opening import open_clone, stack_of
from deploy.commands.starting import choose_stack
from deploy.ddns import needs, secret
from deploy.ddns.secret import Secret
from deploy.ddns.target import KIND as DNS_RECORD
from deploy.ddns.target import Target
from deploy.env_change import EnvKey
from deploy.ledger import Ledger
from deploy.screen import Json
from deploy.settings import Settings
from deploy.setup import conversation
from deploy.setup.answers import SETUP, Answers, Journal, Way
from deploy.setup.naming import Naming, naming
from deploy.stack import Say, Stack, running
from protocol.invite import Invite

DDNS = "LANTERNHOLD_DEPLOY_DDNS_"
KEEPER = "keeper"
WAY_IN = {*KEPT, EnvKey.KIND}


def setup(  # noqa: PLR0913  # each is an answer
    *,
    name: Annotated[str, typer.Option(help="The public name, such as anna.duckdns.org.")] = "",
    provider: Annotated[
        str, typer.Option(help=f"Who has the name follow us: {', '.join(needs.NAMES)}.")
    ] = "",
    home_only: Annotated[
        bool, typer.Option("--home-only", help="Nobody from outside; takes an earlier way back.")
    ] = False,
    user: Annotated[str, typer.Option(help="The provider's account or the TSIG key.")] = "",
    server: Annotated[str, typer.Option(help="Where updates go, where it must be told.")] = "",
    zone: Annotated[str, typer.Option(help="The zone that holds the name.")] = "",
    token_file: Annotated[str, typer.Option(help="A file with the provider's token.")] = "",
    token_stdin: Annotated[bool, typer.Option(help="The token comes by standard input.")] = False,
    router: Annotated[
        bool | None, typer.Option("--router/--no-router", help="Have the router open its ports.")
    ] = None,
    firewall: Annotated[
        bool | None, typer.Option("--firewall/--no-firewall", help="Let players through it.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Ask everything anew.")] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Ask a few questions, then open the way for friends elsewhere, and prove it.

    Router, firewall, name, certificate: each change is shown first, proven, and can be taken back
    by ./lanternhold undo. Interrupted, the same command goes on where it was.
    """
    clone, chosen = open_clone()
    journal = Journal.of(clone)
    if again:
        journal.forget()
    way = Way.HOME if home_only else (Way.DDNS if provider else None)
    given = Answers(
        way=way,
        name=name or None,
        provider=provider or None,
        user=user or None,
        server=server or None,
        zone=zone or None,
        router=router,
        firewall=firewall,
    )
    ledger = Ledger.of(clone, maker=SETUP)
    is_alone = yes or not has_somebody()
    earlier = journal.read()
    if not is_alone and earlier.way and not (given.way or given.name):
        what = earlier.name or "what was answered before"
        screen.err().say(f"Going on with {what}; ./lanternhold setup --again starts over.")
    answers = _answers(
        given,
        earlier,
        _settled(chosen, given, ledger),
        (lambda _: None) if dry_run else journal.write,
        _nobody(ledger) if is_alone else None,
    )
    given_token = _given_token(token_file, from_stdin=token_stdin)
    followed = naming(clone, chosen, answers, given_token, _ask_secret if has_somebody() else None)
    desk = _Desk(clone, ledger, journal, time.time())
    with Talk(yes=yes) as talk:
        with nullcontext() if dry_run else followed.kept(clone):
            outcome, notes = desk.change(answers, chosen, followed, talk, dry_run=dry_run)
        if outcome.is_dry or outcome.is_declined:
            show(outcome, json=json)
            return
        stack = desk.open_door(settings.load(clone), talk.say)
        report = desk.prove(settings.load(clone), stack, talk.say)
    journal.finish()
    report.notes += notes
    _tell(report, outcome, json=json)


@dataclass
class _Report:
    """What came of it."""

    invite: Invite
    mode: str
    shown: list[str]
    open: list[str]
    notes: list[str]
    probe: outsider.Answer | None


@dataclass(frozen=True)
class _Desk:
    """The three acts. What speaks HTTP and DNS is imported when it is needed: it takes a while."""

    clone: Clone
    ledger: Ledger
    journal: Journal
    began: float  # wall time

    def change(
        self, answers: Answers, chosen: Settings, name: Naming, talk: Talk, *, dry_run: bool
    ) -> tuple[Outcome, list[str]]:
        """Change the world as was answered."""
        from deploy.setup.course import Course  # noqa: PLC0415
        from deploy.setup.wishes import wish  # noqa: PLC0415

        async def run() -> tuple[Outcome, list[str]]:
            talk.say("Looking at router, firewall and name ...")
            wishes = await wish(self.clone, chosen, answers, self.ledger, name)
            course = Course(
                self.clone, self.ledger, kinds.registry(self.clone), self.journal, talk.say
            )
            outcome = await course.run(
                wishes,
                answers,
                dry_run=dry_run,
                confirm=lambda steps: talk.confirm(steps, self._then(chosen, steps)),
            )
            return outcome, wishes.notes + course.notes

        return asyncio.run(run())

    def _then(self, chosen: Settings, steps: Sequence[Step]) -> str:
        """What the plan does not show: what comes of it for those who play."""
        if not any(step.kind == EnvKey.KIND for step in steps):
            return ""
        mode = modes.remembered(self.clone)
        if mode and stack_of(self.clone, chosen, mode).is_running():
            return (
                "Then the server starts anew: players who are in are cut off for some seconds and "
                "come back by themselves."
            )
        return "Then the server is started."

    def open_door(self, chosen: Settings, say: Say) -> Stack:
        """Start the door, or start it anew where it does not know the name or lacks a keeper."""
        stack = choose_stack(self.clone, chosen, chosen.mode, say)
        answers = self.journal.read()
        is_running = stack.is_running()
        is_due = answers.is_door_due or (is_running and self._lacks_keeper(stack))
        if is_running and is_due and stack.mode is modes.Mode.EMBEDDED:
            stack.stop(say)
        if is_due or not is_running:
            with modes.trying(self.clone, stack.mode):
                stack.start(say)
        if answers.is_door_due:
            self.journal.write(msgspec.structs.replace(answers, is_door_due=False))
        return stack

    def prove(self, chosen: Settings, stack: Stack, say: Say) -> _Report:
        """Wait for the certificate, then have somebody outside join."""
        from deploy.setup.proof import Proof, Watch, from_outside  # noqa: PLC0415

        proof = Proof()
        made, _ = invitation.invite(stack, chosen)
        proof.shown.append("The server answers through its door on this computer.")
        if chosen.domain:
            proof.shown.append(Watch(self.clone, chosen, stack, say, self.began).wait())
            say("Joining from outside ...")
            from_outside(chosen, made, proof)
        else:
            proof.open.append("A friend in your home network joins by the invite.")
        return _Report(made, str(stack.mode), proof.shown, proof.open, [], proof.probe)

    def _lacks_keeper(self, stack: Stack) -> bool:
        return bool(self.ledger.entries()) and KEEPER not in running(stack)


def _answers(
    given: Answers,
    earlier: Answers,
    settled: Answers,
    keep: Callable[[Answers], None],
    person: conversation.Person | None,
) -> Answers:
    """Options first, then what was answered before, then what is settled; the rest is asked."""
    if given.way or given.name:  # another way in than was spoken of before
        earlier = Answers(
            router=earlier.router, firewall=earlier.firewall, is_door_due=earlier.is_door_due
        )
    known = given.over(earlier).over(settled)
    if person is None:
        from deploy.setup.person import Somebody  # noqa: PLC0415

        person = Somebody()
    try:
        return conversation.complete(known, person, keep)
    except KeyboardInterrupt:
        screen.err().say("What was answered is kept: ./lanternhold setup goes on from here.")
        raise


def _nobody(ledger: Ledger) -> conversation.Nobody:
    """Who opened a way in has friends outside: it is not closed without a word."""
    return conversation.Nobody(may_stay_home=not any(e.kind in WAY_IN for e in ledger.entries()))


def _settled(chosen: Settings, given: Answers, ledger: Ledger) -> Answers:
    """What settings and ledger say. The way itself is asked, unless an option decided it."""

    def key(name: str) -> str | None:
        return chosen.given.get(DDNS + name) or None

    if given.way is Way.HOME:
        return Answers()
    provider = key("PROVIDER")
    if not provider and (kept := _kept_record(given, ledger)):
        return kept
    way = Way.DOMAIN if given.name and not provider and not needs.is_served(given.name) else None
    return Answers(
        way=Way.DDNS if provider else way,
        name=key("HOSTNAME") or chosen.domain or None,
        provider=provider.lower() if provider else None,
        user=key("USER"),
        server=key("SERVER"),
        zone=key("ZONE"),
    )


def _kept_record(given: Answers, ledger: Ledger) -> Answers | None:
    """The answers that led to the record in the ledger, unless an option speaks of another."""
    for entry in ledger.entries():
        if entry.kind != DNS_RECORD:
            continue
        kept = Target.from_json(entry.desired)
        if given.name in {None, kept.hostname} and given.provider in {None, kept.provider}:
            return Answers(
                way=Way.DDNS if given.name else None,
                name=kept.hostname,
                provider=kept.provider,
                user=kept.user or None,
                server=kept.server or None,
                zone=kept.zone or None,
            )
    return None


def _given_token(file: str, *, from_stdin: bool) -> Secret | None:
    if from_stdin:
        raw = sys.stdin.buffer.read(secret.MOST_BYTES + 1)
        return secret.checked(raw, "What came by standard input")
    return secret.read(Path(file)) if file else None


def _ask_secret(question: str) -> str:
    from deploy.setup.person import Somebody  # noqa: PLC0415

    return Somebody().secret(question, secret.fault_of)


def _tell(report: _Report, outcome: Outcome, *, json: bool) -> None:
    if json:
        screen.answer(
            {
                "ok": True,
                "invite": report.invite.link(),
                "mode": report.mode,
                "proven": report.shown,
                "to_confirm": report.open,
                "notes": report.notes,
                "probe": report.probe,
                "changes": outcome.as_json(),
            }
        )
        return
    console = screen.out()
    for line in [done.proof for done in outcome.done] + report.shown:
        console.say(f"✔ {line}")
    for line in report.open:
        console.say(f"? {line}")
    for line in report.notes:
        console.say(f"! {line}")
    console.print()
    handout.show(report.invite, handout.origin_of(Clone.here()))
