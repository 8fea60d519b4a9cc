"""A port mapping made by hand, as another computer of the house would make it: UPnP's bare SOAP."""

import http.client

from support.lab.spaces import LabError

PORT = 5555
_SERVICE = "urn:schemas-upnp-org:service:WANIPConnection:1"


def map_tcp(router: str, address: str, public: int, own: int, lease_s: int) -> None:
    """Map a public TCP port to `address`, whose own request this must be."""
    values = {
        "NewRemoteHost": "",
        "NewExternalPort": public,
        "NewProtocol": "TCP",
        "NewInternalPort": own,
        "NewInternalClient": address,
        "NewEnabled": 1,
        "NewPortMappingDescription": "somebody",
        "NewLeaseDuration": lease_s,
    }
    fields = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    body = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<u:AddPortMapping xmlns:u="{_SERVICE}">{fields}</u:AddPortMapping></s:Body></s:Envelope>'
    )
    connection = http.client.HTTPConnection(router, PORT, timeout=5, source_address=(address, 0))
    headers = {"SOAPAction": f'"{_SERVICE}#AddPortMapping"', "Content-Type": "text/xml"}
    try:
        connection.request("POST", "/ctl/IPConn", body, headers)
        answer = connection.getresponse()
        said = answer.read().decode()
    finally:
        connection.close()
    if answer.status != 200:
        raise LabError(f"the router refuses {public} for {address}:{own}: {said}")
