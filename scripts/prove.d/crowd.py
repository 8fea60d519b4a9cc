"""64 bots from one process, 60 s through Caddy: the server keeps its ticks and its books."""

import asyncio
import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from _proof import Proof, percentile_of, say, scrape

from protocol.invite import Invite
from protocol.messages import Roster
from support.guest import trusting, visiting
from support.home import at_home

BOTS = 64
SECONDS = 60
TICK_P99_BAR_S = 0.010
TICKS = "lanternhold_tick_duration_seconds"
LOOK_BEFORE_END_S = 4


def main():
    """One run in embedded mode, on this machine with the bots beside the server."""
    proof = Proof("crowd")
    with TemporaryDirectory(prefix="lanternhold-crowd-") as name:
        settings = {"LANTERNHOLD_SERVER_MAX_PLAYERS": BOTS + 1}  # one place for the onlooker
        with at_home(Path(name) / "home", **settings) as (home, up):
            context, _ = trusting(Path(up["ca_file"]).read_text(encoding="ascii"))
            before = scrape(up["metrics"])
            say(f"{BOTS} bots play for {SECONDS} s ...")
            command = ("-m", "client.bot", "--invite", up["invite"], "--count", str(BOTS))
            with home.start(*command, "--seconds", str(SECONDS), "--json") as bots:
                time.sleep(SECONDS - LOOK_BEFORE_END_S)
                during = scrape(up["metrics"])
                scores = asyncio.run(scores_of_bots(up["invite"], context))
                out, err = bots.communicate(timeout=60)
            say(err)
            judge(proof, json.loads(out), before, during, scores)
            after = scrape(up["metrics"])
            proof.at_most(
                "invariants_broken", after.values["lanternhold_invariants_broken_total"], 0
            )
    return proof.finish()


def judge(proof, report, before, after, scores):
    """The bars of the crowd."""
    p50, p99 = (percentile_of(before, after, TICKS, share) for share in (0.50, 0.99))
    proof.figure("tick_p50_ms", p50 * 1000)
    proof.at_most("tick_p99_ms", p99 * 1000, TICK_P99_BAR_S * 1000)
    proof.at_most("disconnects", report["disconnects"], 0)
    proof.holds("all_joined", report["joined"] == BOTS)
    proof.holds("each_bot_deposited", len(scores) == BOTS and min(scores) > 0)
    proof.figure("least_score", min(scores, default=0))
    for name in ("rtt_ms", "snapshot_gap_ms", "bytes_per_player_second", "gathered", "deposited",
                 "mispredictions", "resumes"):  # fmt: skip
        proof.figure(name, report[name])


async def scores_of_bots(link, context):
    """Each bot's own score, as any player sees it."""
    invite = Invite.parse(link)
    async with visiting(
        invite.port, context=context, invite=invite.secret, name="Onlooker"
    ) as guest:
        roster = await guest.until(Roster)
        while not roster.whole:
            roster = await guest.until(Roster)
    return [entry.score for entry in roster.entries if entry.is_bot]


if __name__ == "__main__":
    sys.exit(main())
