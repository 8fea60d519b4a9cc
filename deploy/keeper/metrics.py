"""Every metric of the keeper, declared once. No label holds an address or a name of the host's."""

import platform
from typing import Final

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from protocol.version import BUILD

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
MAPPING = ("mapping",)  # as in the ledger's id: "tcp:443"
RECORD = ("record",)  # A or AAAA


class Metrics:
    """The metrics of one keeper, on a registry of their own so that tests do not share them."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry = registry or CollectorRegistry()
        self._declare_mappings(registry)
        self._declare_names(registry)
        self.certificate_not_after = Gauge(
            "lanternhold_keeper_certificate_not_after_timestamp_seconds",
            "When the certificate that the door shows for the public name ends; 0: it shows none.",
            registry=registry,
        )
        self.announcements = Counter(
            "lanternhold_keeper_announcements_total",
            "How often the router said that its address changed or that it restarted.",
            registry=registry,
        )
        self.last_round = Gauge(
            "lanternhold_keeper_last_round_timestamp_seconds",
            "When the keeper last went through all that it keeps.",
            registry=registry,
        )
        self.entries = Gauge(
            "lanternhold_keeper_entries", "What of the ledger is kept.", registry=registry
        )
        ProcessCollector(registry=registry, namespace="lanternhold_keeper")
        build = Gauge(
            "lanternhold_keeper_build_info",
            "What is running; the value is always 1.",
            ["version", "python"],
            registry=registry,
        )
        build.labels(BUILD, platform.python_version()).set(1)

    def _declare_mappings(self, registry: CollectorRegistry) -> None:
        self.lease = Gauge(
            "lanternhold_keeper_mapping_lease_seconds",
            "How long the router goes on with this mapping without being asked; +Inf: for ever.",
            MAPPING,
            registry=registry,
        )
        self.renewals = Counter(
            "lanternhold_keeper_mapping_renewals_total",
            "Leases that were renewed in time.",
            MAPPING,
            registry=registry,
        )
        self.remaps = Counter(
            "lanternhold_keeper_mapping_remaps_total",
            "Mappings that were gone or led elsewhere, and were made again.",
            MAPPING,
            registry=registry,
        )
        self.mapping_failures = Counter(
            "lanternhold_keeper_mapping_failures_total",
            "Looks at the router that ended in a problem.",
            MAPPING,
            registry=registry,
        )

    def _declare_names(self, registry: CollectorRegistry) -> None:
        self.dns_last_success = Gauge(
            "lanternhold_keeper_ddns_last_success_timestamp_seconds",
            "When the record was last known to be right.",
            RECORD,
            registry=registry,
        )
        self.dns_mismatch = Gauge(
            "lanternhold_keeper_ddns_mismatch",
            "1 while the record is known or feared to name another address than ours.",
            RECORD,
            registry=registry,
        )
        self.dns_updates = Counter(
            "lanternhold_keeper_ddns_updates_total",
            "Records that were set to another address.",
            RECORD,
            registry=registry,
        )
        self.dns_failures = Counter(
            "lanternhold_keeper_ddns_failures_total",
            "Looks at the record that ended in a problem.",
            RECORD,
            registry=registry,
        )
        self.address_changes = Counter(
            "lanternhold_keeper_public_address_changes_total",
            "How often the public address was seen to be another one than before.",
            RECORD,
            registry=registry,
        )

    def page(self) -> bytes:
        """All of it in Prometheus' text format."""
        return prometheus_client.generate_latest(self.registry)
