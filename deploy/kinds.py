"""The kinds of changes that the ledger can hold, and the code that rebuilds each."""

from deploy.changes import Change, Registry
from deploy.clone import Clone
from deploy.ddns.target import KIND as DNS_RECORD
from deploy.env_change import EnvKey
from deploy.firewall.change import FirewallRule
from deploy.ledger import JsonObject
from deploy.ports.access import RouterAccess
from deploy.ports.change import PortMapping


def registry(clone: Clone) -> Registry:
    """Factories by kind. A kind once used stays readable: somebody's ledger may hold it."""
    router = RouterAccess()  # found once, for all the ports of a command
    return {
        EnvKey.KIND: lambda desired: EnvKey.from_ledger(desired, clone),
        PortMapping.KIND: lambda desired: PortMapping.from_ledger(desired, router),
        FirewallRule.KIND: lambda desired: FirewallRule.from_ledger(desired, clone),
        DNS_RECORD: lambda desired: _dns_record(desired, clone),
    }


def _dns_record(desired: JsonObject, clone: Clone) -> Change:
    """Imported when it is needed: what speaks HTTP and DNS takes a while."""
    from deploy.ddns.record import DnsRecord  # noqa: PLC0415

    return DnsRecord.from_ledger(desired, clone)
