"""The door for real: what Caddy understands of the Caddyfile, and how it behaves on loopback."""

import asyncio
import hashlib
import json
import os
import shutil
import ssl
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

from deploy import system
from deploy.embedded.programs import find_caddy

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(__file__).with_name("golden") / "caddy.json"
NAME = "lanternhold.internal"

pytestmark = pytest.mark.slow


def caddy(*arguments, **environ):
    clean = {key: value for key, value in os.environ.items() if not key.startswith("LANTERNHOLD_")}
    return subprocess.run(
        [str(find_caddy()), *arguments],
        env=clean | environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


def test_caddy_understands_it_as_we_mean_it():
    """Changed on purpose? caddy adapt --pretty >tests/deploy/golden/caddy.json."""
    adapted = caddy("adapt", "--config", "Caddyfile")
    assert adapted.returncode == 0, adapted.stderr
    assert json.loads(adapted.stdout) == json.loads(GOLDEN.read_text())


def test_it_is_written_as_caddy_writes_it():
    assert caddy("fmt", "--diff", "Caddyfile").returncode == 0


def test_a_domain_stands_beside_the_private_name():
    adapted = json.loads(
        caddy("adapt", "--config", "Caddyfile", LANTERNHOLD_DOMAIN="a.example").stdout
    )
    said = json.dumps(adapted)
    assert '"host": ["a.example"]' in said
    assert '"host": ["lanternhold.internal"]' in said
    assert '"localhost"' not in said
    assert "tls" not in adapted["apps"]  # Caddy's own way: a public authority for public names


@pytest.mark.parametrize(
    ("issuer", "disabled"), [("any", []), ("http", ["tls-alpn"]), ("tls", ["http"])]
)
def test_the_public_name_is_proven_as_the_host_chooses(issuer, disabled):
    adapted = caddy(
        *("adapt", "--config", "Caddyfile"),
        LANTERNHOLD_DOMAIN="a.example",
        LANTERNHOLD_ISSUER=issuer,
        LANTERNHOLD_ACME_CA="https://ca.example/dir",
        LANTERNHOLD_ACME_ROOTS="own",
        LANTERNHOLD_ACME_CA_ROOT="/root.crt",
    )
    [policy] = json.loads(adapted.stdout)["apps"]["tls"]["automation"]["policies"]
    assert policy["subjects"] == ["a.example"]  # the private name stays with Caddy's own authority
    [acme] = policy["issuers"]
    assert (acme["ca"], acme["trusted_roots_pem_files"]) == (
        "https://ca.example/dir",
        ["/root.crt"],
    )
    assert [name for name, how in acme["challenges"].items() if how.get("disabled")] == disabled


class Door:
    """A running Caddy in front of a server of ours."""

    def __init__(self, folder, upstream):
        self.https, self.http = system.free_port(), system.free_port()
        self.folder = folder
        self.root = folder / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        web = folder / "web"
        web.mkdir()
        (web / "index.html").write_text("<title>join</title>")
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "XDG_DATA_HOME": str(folder),
            "LANTERNHOLD_HTTPS_PORT": str(self.https),
            "LANTERNHOLD_HTTP_PORT": str(self.http),
            "LANTERNHOLD_UPSTREAM": f"127.0.0.1:{upstream}",
            "LANTERNHOLD_WEB_ROOT": str(web),
            "LANTERNHOLD_CA_FILE": str(self.root),
            "LANTERNHOLD_CADDY_ADMIN": str(folder / "admin.sock"),
        }
        self.env = env
        self.log = (folder / "caddy.log").open("wb")
        self.process = subprocess.Popen(
            [str(find_caddy()), "run", "--config", str(ROOT / "Caddyfile")],
            env=env,
            stdout=self.log,
            stderr=self.log,
        )

    def reload(self):
        done = subprocess.run(
            [
                *(str(find_caddy()), "reload", "--force", "--config", str(ROOT / "Caddyfile")),
                *("--address", f"unix/{self.folder}/admin.sock"),
            ],
            env=self.env,
            capture_output=True,
            timeout=10,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    async def get(self, path, *, port=None, host=NAME, trust=None, scheme="https"):
        """(status, headers, body) of a request to this computer under a name."""
        connector = aiohttp.TCPConnector(ssl=trust if trust is not None else False)
        async with aiohttp.ClientSession(connector=connector) as session:
            address = f"{scheme}://127.0.0.1:{port or self.https}{path}"
            asked = session.get(
                address, headers={"Host": host}, server_hostname=NAME, allow_redirects=False
            )
            async with asked as answer:
                return answer.status, answer.headers, await answer.read()

    async def ready(self):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                if b"BEGIN" in (await self.get("/ca.crt"))[2]:
                    return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.02)
        raise AssertionError((self.folder / "caddy.log").read_text())

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=10)
        self.log.close()


async def echo(socket):
    async for message in socket:
        await socket.send(message)


async def plain(connection, request):
    if request.path == "/status":
        return connection.respond(200, json.dumps({"xff": request.headers["X-Forwarded-For"]}))
    return None


@pytest.fixture
async def door(tmp_path):
    async with serve(echo, "127.0.0.1", 0, process_request=plain, compression=None) as server:
        door = Door(tmp_path, server.sockets[0].getsockname()[1])
        try:
            await door.ready()
            yield door
        finally:
            await asyncio.to_thread(door.stop)


async def test_nobodys_address_is_in_the_log(tmp_path):
    """A request that fails is logged, as when the server restarts: without who asked."""
    door = Door(tmp_path, system.free_port())  # nothing listens there
    try:
        await door.ready()
        assert (await door.get("/status"))[0] == 502
    finally:
        await asyncio.to_thread(door.stop)
    failed = [
        line
        for line in (tmp_path / "caddy.log").read_text().splitlines()
        if json.loads(line).get("status") == 502
    ]
    assert failed
    assert not [line for line in failed if "remote_ip" in line or "client_ip" in line]


async def pinned(door, expected=None):
    """Decision 3: fetch the root unverified, compare its hash, trust nothing else."""
    _, _, pem = await door.get("/ca.crt")
    der = ssl.PEM_cert_to_DER_cert(pem.decode().strip())
    assert hashlib.sha256(der).hexdigest() == expected
    return ssl.create_default_context(cadata=pem.decode())


async def test_the_door(door):
    """One Caddy for all of it: starting one takes longer than any of these."""
    root = door.root.read_text()
    sha256 = hashlib.sha256(ssl.PEM_cert_to_DER_cert(root)).hexdigest()
    trust = await pinned(door, sha256)
    await a_player_joins_by_address_under_the_name(door, trust)
    await the_system_s_trust_is_not_enough(door)
    await the_page_and_only_the_page(door, trust)
    await plain_http(door)
    await a_player_survives_a_reload(door, trust)


def wss(door, trust, path="/w/home"):
    return connect(
        f"wss://{NAME}:{door.https}{path}",
        host="127.0.0.1",
        port=door.https,
        ssl=trust,
        compression=None,
    )


async def a_player_joins_by_address_under_the_name(door, trust):
    async with wss(door, trust) as line:
        await line.send(b"hello")
        assert await line.recv() == b"hello"


async def the_system_s_trust_is_not_enough(door):
    with pytest.raises(ssl.SSLCertVerificationError):
        async with wss(door, ssl.create_default_context()):
            pass


async def the_page_and_only_the_page(door, trust):
    status, headers, body = await door.get("/", trust=trust)
    assert (status, body) == (200, b"<title>join</title>")
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Server" not in headers
    assert "Strict-Transport-Security" not in headers  # it would lock up other ports of localhost
    status, headers, body = await door.get("/status", trust=trust)
    assert (status, json.loads(body)) == (200, {"xff": "127.0.0.1"})
    status, headers, _ = await door.get("/ca.crt", trust=trust)
    assert headers["Content-Type"] == "application/x-pem-file"
    for path in ("/root.key", "/ca.crt/../root.key", "/metrics", "/healthz", "/admin/kick"):
        assert (await door.get(path, trust=trust))[0] in {400, 404}, path
    assert (await door.get("/", trust=trust, host="203.0.113.9"))[0] == 200
    assert (await door.get("/w/home", trust=trust, host="203.0.113.9"))[0] == 421


async def plain_http(door):
    async def get(path, host):
        return await door.get(path, port=door.http, host=host, scheme="http")

    status, headers, _ = await get("/x", "localhost")
    assert (status, headers["Location"]) == (308, "https://localhost/x")
    assert (await get("/", f"192.168.1.20:{door.http}"))[2] == b"<title>join</title>"
    assert (await get("/w/home", f"192.168.1.20:{door.http}"))[0] == 426


async def a_player_survives_a_reload(door, trust):
    async with wss(door, trust) as line:
        await line.send(b"before")
        assert await line.recv() == b"before"
        await asyncio.to_thread(door.reload)
        await line.send(b"after")
        assert await line.recv() == b"after"


async def test_who_claims_an_address_is_not_believed(door):
    """Whoever is outside cannot choose the address that the server sees."""
    async with aiohttp.ClientSession() as session:
        asked = session.get(
            f"http://127.0.0.1:{door.http}/status", headers={"X-Forwarded-For": "6.6.6.6"}
        )
        async with asked as answer:
            assert await answer.json(content_type=None) == {"xff": "127.0.0.1"}


def test_caddy_is_found_beside_this_python():
    assert find_caddy().parent in {
        Path(sys.executable).parent,
        Path(shutil.which("caddy") or "/").parent,
    }
