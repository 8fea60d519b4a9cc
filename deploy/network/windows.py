"""Windows: what PowerShell's network cmdlets say, as JSON, whatever the system's language.

Written after their manuals; not tried on Windows yet.
"""

import json
from collections.abc import Iterator
from typing import Any

from deploy.network.routes import Address6, Route, Tables
from deploy.run import Runner

PATIENCE_S = 15.0  # PowerShell takes seconds to start
SCRIPT = """
$ErrorActionPreference = 'SilentlyContinue'
@{
  routes = @(Get-NetRoute -DestinationPrefix '0.0.0.0/0','::/0','0.0.0.0/1','128.0.0.0/1' |
    Select-Object DestinationPrefix, NextHop, InterfaceAlias, RouteMetric, InterfaceMetric)
  addresses = @(Get-NetIPAddress -AddressFamily IPv6 | Select-Object IPAddress, PrefixLength,
    InterfaceAlias, @{n='Suffix';e={"$($_.SuffixOrigin)"}}, @{n='State';e={"$($_.AddressState)"}})
  adapters = @(Get-NetAdapter | Select-Object InterfaceAlias, MacAddress)
} | ConvertTo-Json -Depth 3 -Compress
"""
ON_LINK = {"0.0.0.0", "::"}  # noqa: S104  # a next hop that is none


def tables(run: Runner) -> Tables:
    """Ask PowerShell once for everything."""
    words = ["powershell", "-NoProfile", "-NonInteractive", "-Command", SCRIPT]
    try:
        said: Any = json.loads(run(words, timeout_s=PATIENCE_S).out)
        return Tables(
            routes=tuple(_routes(said["routes"])),
            addresses6=tuple(_addresses6(said["addresses"])),
            macs={
                item["InterfaceAlias"]: item["MacAddress"].replace("-", ":").lower()
                for item in said["adapters"]
                if item["MacAddress"]
            },
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return Tables()


def _routes(said: list[dict[str, Any]]) -> Iterator[Route]:
    for item in said:
        gateway = "" if item["NextHop"] in ON_LINK else item["NextHop"].partition("%")[0]
        metric = int(item["RouteMetric"] or 0) + int(item["InterfaceMetric"] or 0)
        is_half = item["DestinationPrefix"].endswith("/1")
        yield Route(item["InterfaceAlias"], gateway, metric, is_half)


def _addresses6(said: list[dict[str, Any]]) -> Iterator[Address6]:
    for item in said:
        address = item["IPAddress"].partition("%")[0]
        is_fleeting = item["Suffix"] == "Random" or item["State"] != "Preferred"
        yield Address6(item["InterfaceAlias"], address, int(item["PrefixLength"]), is_fleeting)
