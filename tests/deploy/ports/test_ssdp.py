import pytest

from deploy.ports.gate import at_router
from deploy.ports.ssdp import MOST_ANSWERS, Search

ROUTER = "192.168.1.1"
ANSWER = (
    "HTTP/1.1 200 OK\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n"
    "USN: uuid:1\r\nLOCATION: {place}\r\n\r\n"
)


def heard(*answers):
    """The places that a search takes from answers of (text, sender)."""
    search = Search(ROUTER)
    for said, sender in answers:
        search.datagram_received(said if isinstance(said, bytes) else said.encode(), (sender, 1901))
    return [search.places.get_nowait() for _ in range(search.places.qsize())]


def at(place):
    return ANSWER.format(place=place)


def test_the_router_is_heard_once_from_whatever_port():
    place = "http://192.168.1.1:5000/desc.xml"
    assert heard((at(place), ROUTER), (at(place), ROUTER)) == [place]


def test_nobody_else_is_believed():
    assert heard((at("http://192.168.1.1:5000/desc.xml"), "192.168.1.66")) == []


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\xff\xfe\xfd",
        b"HTTP/1.1 200 OK\r\nLOCATION\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\xff: \xff\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"NOTIFY * HTTP/1.1\r\nLOCATION: http://192.168.1.1/a\r\n\r\n",
        at("https://192.168.1.1/desc.xml").encode(),
        at("file:///etc/passwd").encode(),
        at("http://192.168.1.1:0/desc.xml").encode(),
        at("http://192.168.1.1:99999/desc.xml").encode(),
        at("http://[::1/desc.xml").encode(),
        at("http:///desc.xml").encode(),
        at("http://192.168.1.1/" + "a" * 5000).encode(),
    ],
)
def test_nonsense_is_passed_over(said):
    assert heard((said, ROUTER)) == []


def test_a_flood_is_cut_off():
    answers = [(at(f"http://192.168.1.1:{port}/d.xml"), ROUTER) for port in range(1, 100)]
    assert len(heard(*answers)) == MOST_ANSWERS


def test_every_request_goes_to_the_router():
    assert at_router("http://10.9.9.9:5000/a/b?c=d#e", ROUTER) == "http://192.168.1.1:5000/a/b?c=d"
    assert at_router("http://user:secret@10.9.9.9/a", ROUTER) == "http://192.168.1.1/a"
    assert at_router("http://[fe80::9]:80/a", "fe80::1") == "http://[fe80::1]:80/a"


@pytest.mark.parametrize("bad", ["https://192.168.1.1/", "ftp://x/", "http://x:y/"])
def test_other_than_http_is_not_asked(bad):
    with pytest.raises(ValueError, match=r"not http|[Pp]ort"):
        at_router(bad, ROUTER)
