"""The lab's wiring: interfaces, addresses, routes, and the two routers' own rules."""

from support.lab import plan
from support.lab.plan import Host, Options
from support.lab.spaces import Spaces


def lay(spaces: Spaces, options: Options) -> None:
    """Join all namespaces, give out addresses, route and translate."""
    for host in plan.HOSTS:  # nobody else can have an address: waiting a second for it is in vain
        spaces.sysctl(host, ipv6__conf__default__accept_dad=0)
    _plug(spaces, options)
    _inet(spaces)
    _isp(spaces, options)
    if options.double_nat:
        _modem(spaces, options)
    _router(spaces, options)
    spaces.ip("home", _station(plan.HOME, plan.ROUTER, plan.HOME6, plan.ROUTER6, options))
    spaces.ip("lanpc", _station(plan.LANPC, plan.ROUTER, plan.LANPC6, plan.ROUTER6, options))
    plug_friend(spaces, options)
    _friend(spaces, options)


def _plug(spaces: Spaces, options: Options) -> None:
    """Cables made straight inside: nothing of them is ever in the machine's own namespace."""
    full = spaces.full
    above: Host = "modem" if options.double_nat else "isp"
    lines = f"""
        link add eth0 netns {full("home")} type veth peer name lan1 netns {full("router")}
        link add eth0 netns {full("lanpc")} type veth peer name lan2 netns {full("router")}
        link add wan0 netns {full("router")} type veth peer name sub0 netns {full(above)}
        link add wan0 netns {full("isp")} type veth peer name isp0 netns {full("inet")}
        link add eth0 netns {full("friend")} type veth peer name lan0 netns {full("frouter")}
    """
    if options.double_nat:
        lines += f"link add wan0 netns {full('modem')} type veth peer name sub0"
        lines += f" netns {full('isp')}"
    spaces.ip(None, lines)


def _inet(spaces: Spaces) -> None:
    servers = (plan.DNS, plan.ACME, plan.ECHO, plan.ECHO_2)
    spaces.ip(
        "inet",
        "link set lo up\n"
        + "".join(f"addr add {address}/32 dev lo\n" for address in servers)
        + "".join(f"addr add {address}/128 dev lo\n" for address in plan.ECHOES6)
        + f"""addr add {plan.DNS6}/128 dev lo
        addr add 192.0.1.129/28 dev isp0
        addr add 3ffe:ee::1/64 dev isp0 nodad
        link set isp0 up
        route add 192.0.1.0/27 via 192.0.1.130
        route add 3ffe:1::/32 via 3ffe:ee::2
        route add 3ffe:ff::/32 via 3ffe:ee::2""",
    )
    _forward(spaces, "inet")


def _isp(spaces: Spaces, options: Options) -> None:
    spaces.ip(
        "isp",
        """link set lo up
        addr add 192.0.1.130/28 dev wan0
        addr add 3ffe:ee::2/64 dev wan0 nodad
        addr add 3ffe:ff::1/64 dev sub0 nodad
        link set wan0 up
        link set sub0 up
        route add default via 192.0.1.129
        route add default via 3ffe:ee::1
        route add 3ffe:1::/32 via 3ffe:ff::2""",
    )
    _forward(spaces, "isp")
    if options.cgnat:
        address = plan.PUBLIC["A"]
        spaces.ip("isp", f"addr add {plan.CARRIER[1]}/24 dev sub0\naddr add {address}/32 dev lo")
        spaces.nft("isp", _CARRIER_RULES % address)
    else:
        spaces.ip("isp", "".join(f"addr add {gw}/28 dev sub0\n" for gw in plan.GATEWAY.values()))


_CARRIER_RULES = """table inet carrier {
  chain input { type filter hook input priority 0; iifname "wan0" tcp dport 1-65535 drop; }
  chain forward { type filter hook forward priority 0; policy drop;
    ct state established,related accept; iifname "sub0" accept; meta nfproto ipv6 accept; }
  chain postrouting { type nat hook postrouting priority 100;
    oifname "wan0" ip saddr 100.64.0.0/10 snat ip to %s; }
}
"""


def _modem(spaces: Spaces, options: Options) -> None:
    address, gateway = plan.CARRIER if options.cgnat else (plan.PUBLIC["A"], plan.GATEWAY["A"])
    spaces.ip(
        "modem",
        f"""link set lo up
        addr add {plan.BEHIND_MODEM[1]}/24 dev sub0
        addr add {address}/{_width(address)} dev wan0
        link set sub0 up
        link set wan0 up
        route add default via {gateway}""",
    )
    _forward(spaces, "modem")
    spaces.nft("modem", router_rules("sub0"))


def _router(spaces: Spaces, options: Options) -> None:
    address, gateway = options.wan
    lines = f"""link set lo up
        link add br-lan type bridge mcast_snooping 0
        link set lan1 master br-lan
        link set lan2 master br-lan
        link set lan1 up
        link set lan2 up
        addr add {plan.ROUTER}/24 dev br-lan
        addr add {address}/{_width(address)} dev wan0
        link set br-lan up
        link set wan0 up
        route add default via {gateway}
    """
    if options.ipv6 and not options.double_nat:
        lines += f"""addr add {plan.ROUTER6}/64 dev br-lan nodad
        addr add {plan.WAN6}/64 dev wan0 nodad
        route add default via 3ffe:ff::1"""
    spaces.ip("router", lines)
    _forward(spaces, "router")
    # Or a hairpin's changed address would be taken for a frame of the bridge, and lost.
    spaces.sysctl("router", bridge__bridge_nf_call_iptables=0)
    spaces.nft("router", router_rules("br-lan"))


def plug_friend(spaces: Spaces, options: Options, *, cable: bool = True) -> None:
    """The friend's line to the internet; without `cable` its two ends are there already."""
    if cable:
        full = spaces.full
        spaces.ip(
            None,
            f"link add wan0 netns {full('frouter')} type veth peer name isp-f netns {full('inet')}",
        )
    inet = "addr add 192.0.1.33/28 dev isp-f\n"
    router = f"addr add {plan.FRIEND_PUBLIC}/28 dev wan0\n"
    if options.ipv6:
        inet += "addr add 3ffe:3::1/64 dev isp-f nodad\n"
        router += "addr add 3ffe:3::2/64 dev wan0 nodad\n"
    inet += "link set isp-f up\n"
    router += "link set wan0 up\nroute add default via 192.0.1.33\n"
    if options.ipv6:
        inet += "route add 3ffe:33::/32 via 3ffe:3::2\n"
        router += "route add default via 3ffe:3::1\n"
    spaces.ip("inet", inet)
    spaces.ip("frouter", router)


def _friend(spaces: Spaces, options: Options) -> None:
    lines = f"link set lo up\naddr add {plan.FRIEND_ROUTER}/24 dev lan0\n"
    if options.ipv6:
        lines += "addr add 3ffe:33:1::1/64 dev lan0 nodad\n"
    spaces.ip("frouter", lines + "link set lan0 up")
    _forward(spaces, "frouter")
    spaces.nft("frouter", _FRIEND_RULES)
    spaces.ip(
        "friend",
        _station(plan.FRIEND, plan.FRIEND_ROUTER, "3ffe:33:1::2", "3ffe:33:1::1", options),
    )


_FRIEND_RULES = """table inet filter {
  chain forward { type filter hook forward priority 0; policy drop;
    iifname "lan0" accept; meta l4proto ipv6-icmp accept; ct state established,related accept; }
  chain postrouting { type nat hook postrouting priority 100;
    oifname "wan0" meta nfproto ipv4 masquerade; }
}
"""


def _station(address: str, gateway: str, address6: str, gateway6: str, options: Options) -> str:
    lines = f"""link set lo up
        addr add {address}/24 dev eth0
        link set eth0 up
        route add default via {gateway}
    """
    if options.ipv6 and not (options.double_nat and address.startswith("192.168.1.")):
        lines += f"addr add {address6}/64 dev eth0 nodad\nroute add default via {gateway6}"
    return lines


def router_rules(lan: str) -> str:
    """A home router's rules, with the empty chains that its miniupnpd fills.

    Debian's own script for them does not work with nftables 1.0.6, so this stands for it.
    """
    return f"""flush ruleset
table inet filter {{
  chain input {{ type filter hook input priority 0; policy drop;
    ct state established,related accept; iifname {{ "lo", "{lan}" }} accept;
    meta l4proto {{ icmp, ipv6-icmp }} accept; }}
  chain forward {{ type filter hook forward priority 0; policy drop;
    ct state established,related accept; iifname "{lan}" accept;
    meta l4proto ipv6-icmp accept; jump miniupnpd; }}
  chain miniupnpd {{ }}
  chain prerouting {{ type nat hook prerouting priority -100; jump prerouting_miniupnpd; }}
  chain postrouting {{ type nat hook postrouting priority 100; jump postrouting_miniupnpd;
    iifname "{lan}" oifname "{lan}" ct status dnat masquerade;
    oifname "wan0" meta nfproto ipv4 masquerade; }}
  chain prerouting_miniupnpd {{ }}
  chain postrouting_miniupnpd {{ }}
}}
"""


def _forward(spaces: Spaces, host: Host) -> None:
    spaces.sysctl(host, ipv4__ip_forward=1, ipv6__conf__all__forwarding=1)


def _width(address: str) -> int:
    return 28 if address.startswith("192.0.1.") else 24
