"""The keeper against leases that really run out."""

import asyncio
import time

import pytest

from deploy import changes
from deploy.clone import Clone
from deploy.ledger import Ledger
from deploy.ports import opening
from deploy.ports.access import RouterAccess
from deploy.ports.opening import Wanted
from support.lab.living import LabHome

LEASE_S = 4
"""The router counts whole seconds, so this is three at least; the keeper renews after two. Of two
seconds one might be left, which is the shortest pause that the keeper makes."""
ONLY_UPNP = {"acme": False, "ipv6": False, "natpmp": False, "pcp": False}  # PCP grants 2 minutes


def open_for_a_moment(lab, clone):
    """A port with the shortest lease; gives no keeper any hint."""

    async def work():
        access, ledger = RouterAccess(), Ledger.of(clone)
        wanted = Wanted(((443, 8443),), LEASE_S)
        ports = opening.plan(wanted, (await access()).network, access, ledger)
        return await opening.open_ports(
            ports, ledger, dry_run=False, confirm=changes.yes, say=lambda _: None
        )

    with lab.inside("home"):
        assert not asyncio.run(work()).failures


def until(is_so, timeout_s):
    began_s = time.monotonic()
    while not is_so():
        assert time.monotonic() - began_s < timeout_s
        time.sleep(0.02)


@pytest.mark.parametrize("lab", [ONLY_UPNP], indirect=True)
def test_a_lease_is_renewed_for_as_long_as_the_ledger_says_and_no_longer(lab, tmp_path):
    home = LabHome(lab, tmp_path / "clone")
    open_for_a_moment(lab, Clone(home.folder))
    until(lambda: lab.mappings() == {}, 3 * LEASE_S)  # without a keeper it runs out
    keeper = home.start("-P", "-m", "deploy.keeper")
    try:
        until(lambda: 443 in lab.mappings(), 10)
        seen = []
        for _ in range(8):  # two leases long
            time.sleep(LEASE_S / 4)
            seen.append(443 in lab.mappings())
        assert all(seen)
        home.run("undo", "--yes")
        assert lab.mappings() == {}
        time.sleep(LEASE_S)  # two renewal periods
        assert lab.mappings() == {}
        assert keeper.poll() is None
    finally:
        keeper.terminate()
        words, faults = keeper.communicate(timeout=10)
    assert "kept no more" in words
    assert (faults, keeper.returncode) == ("", 0)
