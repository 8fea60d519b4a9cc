"""One player on a 30 KB/s line in a crowd, through Caddy: how old a world they see."""

import asyncio
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from _proof import Proof, percentile_of, say, scrape

from protocol.invite import Invite
from protocol.version import STEP_MINOR
from support.home import at_home
from support.narrow import NarrowLine
from support.onlooker import Onlooker, by_port
from support.party import SETTINGS
from support.standing import standing

CROWD = 160
TURNS = 3
TURN_S = 8
SETTLE_S = 4
AGE_BAR_S = 0.5
RATIO_BAR = 1.25
LINE, NARROWER = 30_000, 12_000  # bytes a second
TICKS = "lanternhold_tick_duration_seconds"


def main():
    """Everybody on this machine; the crowd stands at the lantern, in full view."""
    proof = Proof("slow-reader")
    settings = SETTINGS | {
        "LANTERNHOLD_SERVER_MAX_PLAYERS": CROWD + 8,
        "LANTERNHOLD_SERVER_MODE": "village",  # one lantern: all in one view
    }
    with (
        TemporaryDirectory(prefix="lanternhold-slow-") as name,
        at_home(Path(name) / "home", **settings) as (home, up),
    ):
        say(f"{CROWD} people come ...")
        with standing(home, up, CROWD):
            asyncio.run(watch(proof, up, Invite.parse(up["invite"])))
    return proof.finish()


async def watch(proof, up, invite):
    """A fast line all the time, a narrow one beside it in turns."""
    fast = Onlooker(by_port(invite, invite.port), "Fast")
    alone, beside = [], []
    async with fast.watching():
        await asyncio.sleep(2 * SETTLE_S)
        for _ in range(TURNS):
            alone.append(await tick_p99_s(up, TURN_S))
            async with narrow_line(proof, invite, fast, LINE, AGE_BAR_S):
                beside.append(await tick_p99_s(up, TURN_S))
        async with narrow_line(proof, invite, fast, NARROWER, None):
            await asyncio.sleep(3 * TURN_S)
    proof.figure("tick_p99_alone_ms", 1000 * median(alone))
    proof.figure("tick_p99_beside_ms", 1000 * median(beside))
    proof.at_most("tick_p99_ratio", median(beside) / median(alone), RATIO_BAR)
    ages = fast.ages(fast, 0)
    proof.figure("fast_age_p99_ms", 1000 * ages[int(0.99 * len(ages))])
    proof.at_most("fast_disconnects", fast.session.figures.disconnects, 0)


@asynccontextmanager
async def narrow_line(proof, invite, fast, rate, bar_s):
    """A player on such a line; at its end, how old a world they saw."""
    label = f"{rate // 1000}_kb_s"
    say(f"a line of {rate / 1000:.0f} KB/s ...")
    async with NarrowLine(invite.port, rate).open() as narrow:
        # Of a crowd that stands a STEP says next to nothing: no line is too narrow for that.
        slow = Onlooker(by_port(invite, narrow.port), f"Slow {rate // 1000}", STEP_MINOR - 1)
        async with slow.watching():
            await asyncio.sleep(SETTLE_S)
            began_s = time.monotonic()
            yield
            span_s = time.monotonic() - began_s
            ages = slow.ages(fast, began_s)
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        proof.figure(f"age_{label}_{name}_ms", 1000 * ages[int(share * len(ages))])
    if bar_s is None:
        proof.figure(f"age_{label}_max_ms", 1000 * ages[-1])
    else:
        proof.at_most(f"age_{label}_max_ms", 1000 * ages[-1], 1000 * bar_s)
    proof.figure(f"snapshots_{label}_a_second", len(ages) / span_s)
    proof.figure(f"notices_{label}", slow.notices)
    proof.at_most(f"disconnects_{label}", slow.session.figures.disconnects, 0)


async def tick_p99_s(up, seconds):
    """The server's ticks of the next while."""
    before = await asyncio.to_thread(scrape, up["metrics"])
    await asyncio.sleep(seconds)
    after = await asyncio.to_thread(scrape, up["metrics"])
    return percentile_of(before, after, TICKS, 0.99)


if __name__ == "__main__":
    sys.exit(main())
