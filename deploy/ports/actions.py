"""What a gateway's connection service can be asked, in the form that the UPnP library reads."""

IN_OUT: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "GetStatusInfo": ((), ("NewConnectionStatus", "NewLastConnectionError", "NewUptime")),
    "GetExternalIPAddress": ((), ("NewExternalIPAddress",)),
    "AddPortMapping": (
        (
            "NewRemoteHost",
            "NewExternalPort",
            "NewProtocol",
            "NewInternalPort",
            "NewInternalClient",
            "NewEnabled",
            "NewPortMappingDescription",
            "NewLeaseDuration",
        ),
        (),
    ),
    "DeletePortMapping": (("NewRemoteHost", "NewExternalPort", "NewProtocol"), ()),
    "GetSpecificPortMappingEntry": (
        ("NewRemoteHost", "NewExternalPort", "NewProtocol"),
        (
            "NewInternalPort",
            "NewInternalClient",
            "NewEnabled",
            "NewPortMappingDescription",
            "NewLeaseDuration",
        ),
    ),
}


def as_xml() -> str:
    """The list of actions as a service's own description has it; every value is a text."""
    actions = "".join(_action(name, *ways) for name, ways in IN_OUT.items())
    return (
        '<?xml version="1.0"?><scpd xmlns="urn:schemas-upnp-org:service-1-0">'
        f"<actionList>{actions}</actionList>"
        '<serviceStateTable><stateVariable sendEvents="no"><name>Text</name>'
        "<dataType>string</dataType></stateVariable></serviceStateTable></scpd>"
    )


def _action(name: str, given: tuple[str, ...], told: tuple[str, ...]) -> str:
    arguments = "".join(_argument(item, "in") for item in given)
    arguments += "".join(_argument(item, "out") for item in told)
    return f"<action><name>{name}</name><argumentList>{arguments}</argumentList></action>"


def _argument(name: str, direction: str) -> str:
    return (
        f"<argument><name>{name}</name><direction>{direction}</direction>"
        "<relatedStateVariable>Text</relatedStateVariable></argument>"
    )
