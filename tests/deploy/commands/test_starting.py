"""What `up` prints of where the server is."""

import pytest

from deploy import settings
from deploy.clone import Clone
from deploy.commands import starting
from deploy.modes import Mode
from deploy.stack import Door
from protocol.invite import INTERNAL, Invite


class Stack:
    mode = Mode.EMBEDDED

    def door(self):
        return Door(8443, 8080, 9100, "ROOT")


@pytest.mark.parametrize(
    ("domain", "public", "place"),
    [
        ("", 443, "localhost:8443"),
        ("play.example.org", 443, "play.example.org"),
        ("play.example.org", 8444, "play.example.org:8444"),
    ],
)
def test_what_is_printed_leads_in_from_where_it_is_read(tmp_path, domain, public, place):
    clone = Clone(tmp_path)
    chosen = settings.load(clone, {"LANTERNHOLD_DOMAIN": domain})
    made = Invite(name=INTERNAL, port=8443, secret="A" * 24, ca_sha256="ab" * 32,
                  addresses=("192.168.1.20",), outside=domain, outside_port=public)  # fmt: skip
    report = starting._report(clone, Stack(), chosen, made)
    assert (report["url"], report["page"]) == (f"wss://{place}/w/home", f"https://{place}/")
    assert (report["ca_file"] is None) == bool(domain)
