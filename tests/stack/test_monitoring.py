"""A real Prometheus watches a round that bots play; the dashboard's own questions get answers."""

import json
import math
import time
import urllib.parse
import urllib.request

import pytest

from support.source import ROOT

pytestmark = pytest.mark.stack

DASHBOARDS = sorted((ROOT / "deploy/monitoring/grafana/dashboards").glob("*.json"))
PATIENCE_S = 20
MOMENTS = {"$__rate_interval": "15s", "$__interval": "5s", "$__range": "1m"}


def queries():
    """(panel, expression) of all that a dashboard asks Prometheus for."""
    for file in DASHBOARDS:
        panels = json.loads(file.read_text(encoding="utf-8"))["panels"]
        for panel in panels + [inner for p in panels for inner in p.get("panels", [])]:
            for target in panel.get("targets", []):
                yield pytest.param(target["expr"], id=f"{panel['title']}: {target['refId']}")


def ask(port, expression):
    """The samples of a query: a list of numbers."""
    for variable, value in MOMENTS.items():
        expression = expression.replace(variable, value)
    assert "$" not in expression, f"a variable that this test does not know: {expression}"
    url = f"http://127.0.0.1:{port}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
    with urllib.request.urlopen(url, timeout=5) as answer:
        return [float(sample["value"][1]) for sample in json.load(answer)["data"]["result"]]


def until(port, expression, is_good):
    """The samples once they are good; a scrape a second may take a moment to show something."""
    give_up_s = time.monotonic() + PATIENCE_S
    while not is_good(samples := ask(port, expression)) and time.monotonic() < give_up_s:
        time.sleep(0.5)
    return samples


def test_the_dashboard_is_there():
    assert DASHBOARDS
    assert len([*queries()]) >= 5


def test_prometheus_reaches_the_server(bots, ports):
    reached = [1.0]
    assert until(ports["prometheus"], 'up{job="lanternhold"}', reached.__eq__) == reached


def test_prometheus_is_for_this_computer_only(docker_services, compose):
    command = compose.facts("prometheus")["Config"]["Cmd"]
    listens = [word for word in command if word.startswith("--web.listen-address=")]
    assert [word.startswith("--web.listen-address=127.0.0.1:") for word in listens] == [True]


def test_the_players_are_seen_while_they_play(bots, ports):
    def has_some(samples):
        return bool(samples) and samples[0] >= 2

    assert has_some(until(ports["prometheus"], "max_over_time(lanternhold_players[1m])", has_some))


def test_the_round_was_played_to_its_end(played):
    assert played["disconnects"] == 0
    assert played["joined"] == 4
    assert played["deposited"] > 0


@pytest.mark.parametrize("expression", [*queries()])
def test_every_question_of_the_dashboard_gets_an_answer(played, ports, expression):
    samples = until(ports["prometheus"], expression, bool)
    assert samples, expression
    assert not any(map(math.isnan, samples)), expression


def test_the_world_kept_its_invariants(played, ports):
    assert ask(ports["prometheus"], "lanternhold_invariants_broken_total") == [0.0]
