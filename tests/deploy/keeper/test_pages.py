"""The keeper's pages, asked as Prometheus asks."""

import aiohttp
import pytest

from deploy.keeper.keeper import Keeper
from deploy.keeper.metrics import Metrics
from deploy.keeper.pages import Pages
from deploy.ledger import Ledger


@pytest.fixture
async def ask(tmp_path):
    keeper = Keeper(Ledger(tmp_path / "ledger.json"), {}, say=lambda _: None, wall=lambda: 1000.0)
    now = [1000.0]
    shown = Metrics()
    runner, port = await Pages(keeper, shown, wall=lambda: now[0]).open(0)
    async with aiohttp.ClientSession() as session:

        async def get(path):
            async with session.get(f"http://127.0.0.1:{port}{path}") as answer:
                return answer.status, await answer.text()

        get.keeper, get.now, get.metrics, get.port = keeper, now, shown, port
        yield get
    await runner.cleanup()


async def test_it_is_healthy_while_its_rounds_go_on(ask):
    assert (await ask("/healthz"))[0] == 503
    ask.keeper.begin_round()
    assert await ask("/healthz") == (200, '{"ok": true, "kept": {}}')
    ask.now[0] += 61
    assert (await ask("/healthz"))[0] == 503


async def test_the_metrics_are_there_by_name(ask):
    ask.keeper.begin_round()
    ask.metrics.lease.labels("tcp:443").set(1800)
    status, page = await ask("/metrics")
    assert status == 200
    assert "lanternhold_keeper_last_round_timestamp_seconds 1000.0" in page
    assert 'lanternhold_keeper_mapping_lease_seconds{mapping="tcp:443"} 1800.0' in page
    names = {line.split()[2] for line in page.splitlines() if line.startswith("# TYPE")}
    assert all(name.startswith("lanternhold_keeper_") for name in names)


async def test_a_taken_port_is_told(ask):
    with pytest.raises(OSError, match="in use"):
        await Pages(ask.keeper, Metrics()).open(ask.port)
