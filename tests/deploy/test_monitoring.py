"""Grafana's provisioning and the dashboard: what Grafana would refuse or show empty.

Grafana itself cannot be had on every machine, so its files are held to a schema here; that each
query answers with data is shown by tests/stack on a real Prometheus.
"""

import re
from pathlib import Path
from typing import Literal

import msgspec
import pytest

from server.metrics import Metrics

ROOT = Path(__file__).resolve().parents[2]
MONITORING = ROOT / "deploy" / "monitoring"
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
DASHBOARDS = sorted((MONITORING / "grafana" / "dashboards").glob("*.json"))


class Datasource(msgspec.Struct, forbid_unknown_fields=True):
    type: Literal["prometheus"]
    uid: str


class Target(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    ref_id: str
    datasource: Datasource
    expr: str
    legend_format: str


class Place(msgspec.Struct, forbid_unknown_fields=True):
    x: int
    y: int
    w: int
    h: int


class Defaults(msgspec.Struct):
    unit: Literal["short", "s", "Bps", "percentunit"]


class FieldConfig(msgspec.Struct):
    defaults: Defaults
    overrides: list[str]


class Panel(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    id: int
    type: Literal["stat", "timeseries"]
    title: str
    description: str
    datasource: Datasource
    grid_pos: Place
    field_config: FieldConfig
    targets: list[Target]
    options: dict[str, object]


class Dashboard(msgspec.Struct, rename="camel"):
    uid: str
    title: str
    panels: list[Panel]
    schema_version: int
    editable: bool
    refresh: str


@pytest.fixture(scope="module", params=DASHBOARDS, ids=lambda path: path.stem)
def dashboard(request):
    return msgspec.json.decode(request.param.read_bytes(), type=Dashboard)


def pairs(path):
    """`key: value` pairs of a small YAML file, in order."""
    return re.findall(r"^[ -]*(\w+): *(\S.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_there_is_a_dashboard():
    assert DASHBOARDS


def test_panels_lie_side_by_side_within_the_grid(dashboard):
    taken = set()
    for panel in dashboard.panels:
        place = panel.grid_pos
        cells = {
            (x, y)
            for x in range(place.x, place.x + place.w)
            for y in range(place.y, place.y + place.h)
        }
        assert not taken & cells, panel.title
        assert place.x + place.w <= 24
        taken |= cells


def test_panels_are_told_apart_and_explained(dashboard):
    assert len({panel.id for panel in dashboard.panels}) == len(dashboard.panels)
    assert all(panel.description.endswith(".") for panel in dashboard.panels)


def test_every_panel_asks_the_provisioned_datasource(dashboard):
    provisioned = dict(pairs(MONITORING / "grafana" / "datasources" / "prometheus.yml"))
    uids = {
        source.uid
        for panel in dashboard.panels
        for source in (panel.datasource, *(target.datasource for target in panel.targets))
    }
    assert uids == {provisioned["uid"]}
    assert provisioned["type"] == "prometheus"
    assert provisioned["access"] == "proxy"


def test_every_metric_that_is_asked_for_exists(dashboard):
    exported = set(re.findall(r"^(\w+)(?:\{| )", Metrics(30).render().decode(), re.MULTILINE))
    asked = {
        name
        for panel in dashboard.panels
        for target in panel.targets
        for name in re.findall(r"lanternhold_\w+", target.expr)
    }
    assert asked
    assert asked - exported == set()


def test_the_provider_looks_where_compose_puts_the_dashboards():
    path = dict(pairs(MONITORING / "grafana" / "providers" / "lanternhold.yml"))["path"]
    assert f"./deploy/monitoring/grafana/dashboards:{path}:ro" in COMPOSE
    home = re.search(r"DEFAULT_HOME_DASHBOARD_PATH: (\S+)", COMPOSE)[1]
    assert home == f"{path}/{DASHBOARDS[0].name}"


def test_grafana_has_no_account_that_could_be_guessed():
    for line in (
        'GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: "true"',
        "GF_AUTH_ANONYMOUS_ORG_ROLE: Viewer",
        "GF_SERVER_HTTP_ADDR: 127.0.0.1",
    ):
        assert line in COMPOSE


def test_prometheus_asks_this_computer_only():
    scrape = (MONITORING / "prometheus.yml").read_text(encoding="utf-8")
    targets = re.findall(r'targets: \["([^"]+)"\]', scrape)
    assert targets == ["127.0.0.1:9100", "127.0.0.1:9101"]
