"""What doctor knows before it judges. None, or an empty answer, means: could not be learnt.

The gathering fills this in from the real world; tests make it up. No check looks anywhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from deploy.address.kinds import Kind


@dataclass(frozen=True)
class Wanted:
    """What the host has set up.

    Attributes:
        mode: "docker", "embedded", or "" when `up` never ran.
        domain: the public name, or "".
        https_port, http_port: of this computer.
        outside: friends from outside are to come in: there is a domain, or a mapping of ours.
        mappings: what the ledger holds: external port -> (our address then, our port).
        public_port: by which port of the router friends come in.
        by_hand: the host keeps the router's ports, and told us not to ask it.
    """

    mode: str = "embedded"
    domain: str = "play.example.test"
    https_port: int = 8443
    http_port: int = 8080
    outside: bool = True
    mappings: Mapping[int, tuple[str, int]] = field(default_factory=dict)
    public_port: int = 443
    by_hand: bool = False


@dataclass(frozen=True)
class Host:
    """This computer.

    Attributes:
        docker: the engine's fault ("missing", "not running", "forbidden", "no compose",
            "old compose", ...), "" when it answers; None when it is not needed.
        docker_why, docker_remedy: its words.
        taken: our ports in somebody else's hands, by whom.
        free_bytes: room on the disk of the clone.
        clock_off_s: how far this clock is ahead of the internet's.
        clock_by, clock_witnesses: who was asked, and how many told the time.
        sleeps: how this computer goes to sleep by itself, or "".
    """

    docker: str | None = None
    docker_why: str = ""
    docker_remedy: str = ""
    taken: Mapping[int, str] = field(default_factory=dict)
    free_bytes: int | None = 50_000_000_000
    clock_off_s: float | None = 0.0
    clock_by: str = "the internet"
    clock_witnesses: int = 2
    sleeps: str = ""


@dataclass(frozen=True)
class Lan:
    """The network at home. `address` is "" without one; see deploy.network.facts.Network."""

    address: str = "192.168.1.10"
    interface: str = "eth0"
    mac: str = "02:00:00:00:00:10"
    gateway: str = "192.168.1.1"
    address6: str = ""
    is_fleeting_only: bool = False
    vpn: str = ""
    others: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Held:
    """An entry of the router's table."""

    client: str
    port: int


@dataclass(frozen=True)
class Router:
    """The router.

    Attributes:
        asked: whether it was asked at all.
        speaks: the ways it answers by: "PCP", "NAT-PMP", "UPnP".
        refusals: what the others said.
        model: what it says that it is.
        outer: its address towards the internet in its own word; "" when it does not say.
        table: what it holds for a port: None where the table cannot be seen.
        hops: the first routers on the way out, "" for a silent one.
        hops_kinds: what kind of address each has.
    """

    asked: bool = True
    speaks: tuple[str, ...] = ("PCP", "NAT-PMP", "UPnP IGD 2")
    refusals: Mapping[str, str] = field(default_factory=dict)
    model: str = "router"
    outer: str = "192.0.1.2"
    outer_kind: Kind | None = Kind.GLOBAL
    has_table: bool = True
    table: Mapping[int, Held | None] = field(default_factory=dict)
    hops: tuple[tuple[str, Kind], ...] = ()


@dataclass(frozen=True)
class Public:
    """The address that the world sees, or "" with the reason.

    Attributes:
        heard: how many of those asked outside the house answered, whatever they said; None:
            nobody was asked.
    """

    v4: str = "192.0.1.2"
    v6: str = ""
    why: str = ""
    heard: int | None = 2


@dataclass(frozen=True)
class Records:
    """One type of record of the domain.

    Attributes:
        zone: what the zone's own servers say; None: no answer.
        seen: what our resolver says; None: no answer.
        left_s: how long the resolver goes on saying it.
        ttl: how long resolvers remember what the zone says.
        exists: whether the zone knows the name at all.
        alias: the other name that this one stands for (CNAME), or "". What the zone says is then
            what our resolver finds under it.
        why: why there is no answer.
    """

    zone: tuple[str, ...] | None = ()
    seen: tuple[str, ...] | None = ()
    left_s: int | None = None
    ttl: int | None = 60
    alias: str = ""
    why: str = ""
    exists: bool = True


@dataclass(frozen=True)
class Names:
    """DNS.

    Attributes:
        a, aaaa: the domain's records.
        parked: the updater's sentence when it waits for a person, or "".
        provider: who holds the record, "" when the host does it by hand.
    """

    a: Records = Records(zone=("192.0.1.2",), seen=("192.0.1.2",))
    aaaa: Records = Records()
    parked: str = ""
    provider: str = ""


@dataclass(frozen=True)
class Firewall:
    """The firewall of this computer.

    Attributes:
        blocks: our ports that it lets nobody in to, with how that is known.
        remedy: the command that opens them.
        exposed: ports that the network can reach and should not: what they are.
        kind: which firewall; "" for none.
        is_known: whether it could be asked.
    """

    blocks: Mapping[int, str] = field(default_factory=dict)
    remedy: str = "./lanternhold firewall apply"
    exposed: Mapping[int, str] = field(default_factory=dict)
    kind: str = ""
    is_known: bool = True


@dataclass(frozen=True)
class Acme:
    """What Caddy's log says of the public certificate, the newest of each.

    Attributes:
        state: "obtained", "obtaining", "failing", or "" when nothing is said.
        challenge: the last one tried: "http-01" or "tls-alpn-01".
        kind: the authority's error type, its last word: "connection", "dns", "rateLimited", ...
        detail: the error itself.
        retry_in_s: until the next try.
        attempt: how many there were.
        age_s: how long ago the log said so.
        challenges: for each challenge that failed since the last success: its error.
    """

    state: str = ""
    challenge: str = ""
    kind: str = ""
    detail: str = ""
    retry_in_s: float | None = None
    attempt: int = 0
    age_s: float | None = None
    challenges: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Door:
    """TLS at our own door. Times are seconds from now; None: nothing is shown for that name."""

    home_left_s: float | None = 12 * 3600.0
    public_left_s: float | None = 60 * 86400.0
    public_from_s: float | None = -3600.0
    acme: Acme = Acme()
    authority_answers: bool | None = True
    authority: str = ""


@dataclass(frozen=True)
class Game:
    """The server behind the door.

    Attributes:
        parts: each program and how it is.
        protocol: what /status names, "" when it does not answer; `ours` is this clone's.
        healthy: /healthz's answer; None: no answer.
        health_why: its words.
        store_failed: the gauge of the store; None: not known.
        last_words: what a stopped program said last.
    """

    parts: Mapping[str, str] = field(
        default_factory=lambda: {"server": "running", "caddy": "running"}
    )
    protocol: str = "lanternhold.1"
    ours: str = "lanternhold.1"
    healthy: bool | None = True
    health_why: str = ""
    store_failed: bool | None = False
    last_words: str = ""

    @property
    def runs(self) -> bool:
        """Whether all that players need is running."""
        return all(self.parts.get(name) == "running" for name in ("server", "caddy"))


@dataclass(frozen=True)
class Outside:
    """What somebody outside saw.

    Attributes:
        ports: for a public port: "open", "closed" (refused) or "silent".
        by: who looked: "a prober", "the certificate authority", "a friend".
        friend: the fault word of a friend's probe, "" when it was fine, None without one.
        friend_detail: its sentence.
        inside: our own public address, knocked at from here: "open", "closed", "silent", or ""
            when it was not tried. Says only whether the router has hairpin NAT.
        inside_is_us: whether what answered is our own door.
    """

    ports: Mapping[int, str] = field(default_factory=dict)
    by: str = ""
    friend: str | None = None
    friend_detail: str = ""
    inside: str = ""
    inside_is_us: bool = False


@dataclass(frozen=True)
class Facts:
    """All of it. The defaults are a healthy world."""

    wanted: Wanted = Wanted()
    host: Host = Host()
    lan: Lan = Lan()
    router: Router = Router()
    public: Public = Public()
    names: Names = Names()
    firewall: Firewall = Firewall()
    door: Door = Door()
    game: Game = Game()
    outside: Outside = Outside()
