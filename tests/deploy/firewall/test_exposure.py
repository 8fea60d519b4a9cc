import asyncio

import pytest

from deploy import settings
from deploy.clone import Clone
from deploy.firewall import exposure
from deploy.firewall.exposure import Reach
from deploy.firewall.sockets import Listener


@pytest.fixture
def chosen(tmp_path):
    return settings.load(Clone(tmp_path), {})


def measure(chosen, listeners, prober=None):
    found = asyncio.run(exposure.measure(chosen, listeners, prober))
    return {item.port: item for item in found}


def test_without_a_prober_nothing_is_claimed(chosen):
    seen = measure(chosen, [Listener("*", 8443), Listener("*", 9090), Listener("127.0.0.1", 9100)])
    assert "was not measured" in seen[8443].sentence
    assert [port for port, item in seen.items() if item.is_fault] == [9090]
    assert seen[9100].sentence.endswith("listens for this computer alone.")
    assert seen[3000].sentence == "TCP 3000 (Grafana): nobody listens."


def test_what_was_measured_is_what_counts(chosen):
    async def prober(ports):
        assert {8443, 9090, 22} <= set(ports)
        return {8443: Reach.OPEN, 9090: Reach.SILENT, 9100: Reach.OPEN, 22: Reach.OPEN}

    seen = measure(chosen, [Listener("*", 9090), Listener("0.0.0.0", 22, "sshd")], prober)
    assert seen[9090].sentence == (
        "TCP 9090 (Prometheus) is silent from outside: proven by a connection that was tried."
    )
    assert [port for port, item in seen.items() if item.is_fault] == [9100]
    assert "should not be" in seen[9100].sentence
    assert seen[22].what == "sshd"
    assert seen[22].as_json()["reach"] == "open"
