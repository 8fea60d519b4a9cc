"""`python -m deploy.keeper`: the keeper's process. The supervisor or Docker starts it."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping

from aiohttp import web

from deploy import settings, system
from deploy.address import public
from deploy.address.here import chosen_sources
from deploy.address.kinds import Family
from deploy.address.public import Verdict
from deploy.clone import Clone
from deploy.ddns.record import DnsRecord
from deploy.ddns.target import Target
from deploy.keeper import announcements, certificate
from deploy.keeper.home import Home
from deploy.keeper.keeper import Keeper, TenderFactory, say
from deploy.keeper.mapping import MappingTender
from deploy.keeper.metrics import Metrics
from deploy.keeper.pages import Pages
from deploy.keeper.record import QuietUpdater, RecordTender
from deploy.keeper.sampling import Sampler
from deploy.ledger import Entry, Ledger
from deploy.ports.change import PortMapping
from deploy.problem import USED_WRONGLY, Problem
from deploy.settings import Keeping

CERTIFICATE_S = 60.0


def main() -> int:
    """Keep until SIGTERM."""
    os.umask(0o077)
    clone = Clone.here()
    try:
        chosen = settings.load_keeping(clone)
    except Problem as problem:
        sys.stderr.write(f"{problem}\n")
        return USED_WRONGLY
    asyncio.run(_keep(clone, chosen))
    return 0


async def _keep(clone: Clone, chosen: Keeping) -> None:
    home, shown = Home(), Metrics()
    keeper = Keeper(Ledger.of(clone), tenders(clone, chosen, home, shown), say=say)

    def heard() -> None:
        shown.announcements.inc()
        keeper.hurry()

    stop = asyncio.Event()
    for number in system.STOP_SIGNALS:
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    loop = asyncio.get_running_loop()
    ear = await announcements.listen(heard, home.is_router, "")
    say("listening to the router" if ear else "UDP 5350 is taken: polling only")
    pages = await _open_pages(Pages(keeper, shown), chosen.keeper_port)
    works = [keeper.run(), _watch_certificate(chosen, shown), stop.wait()]
    tasks = [asyncio.ensure_future(work) for work in works]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    if ear:
        ear.close()
    if pages:
        await pages.cleanup()
    for task in done:
        task.result()  # a fault is not a stop


async def _open_pages(pages: Pages, port: int) -> web.AppRunner | None:
    """Without its pages it keeps all the same: that is what friends depend on."""
    try:
        runner, taken = await pages.open(port)
    except OSError as problem:
        say(f"no metrics: port {port} cannot be had ({problem.strerror})")
        return None
    say(f"metrics at http://127.0.0.1:{taken}/metrics")
    return runner


async def _watch_certificate(chosen: Keeping, shown: Metrics) -> None:
    while chosen.domain:
        found = await certificate.look(chosen.domain, chosen.https_port)
        is_public = found is not None and found.is_named  # else the door shows its own authority's
        shown.certificate_not_after.set(found.not_after if found and is_public else 0)
        await asyncio.sleep(CERTIFICATE_S)
    await asyncio.Event().wait()


def tenders(
    clone: Clone, chosen: Keeping, home: Home, shown: Metrics
) -> Mapping[str, TenderFactory]:
    """What is kept, by its kind in the ledger. Of firewalls and .env nothing runs out."""

    async def find(family: Family) -> Verdict:
        asked = chosen_sources(chosen.given, home.outer_address)
        network = (await home()).network
        return await public.find(family, asked, own=[network.address6] if network.address6 else [])

    def record(entry: Entry) -> RecordTender:
        target = Target.from_json(entry.desired)
        return RecordTender(
            target,
            lambda: QuietUpdater.of(clone, target),
            find,
            Sampler(chosen_sources(chosen.given)).sees_another,
            home.outer_address,
            shown=shown,
        )

    return {
        PortMapping.KIND: lambda entry: MappingTender(
            PortMapping.from_ledger(entry.desired, home), home, shown
        ),
        DnsRecord.KIND: record,
    }


if __name__ == "__main__":
    sys.exit(main())
