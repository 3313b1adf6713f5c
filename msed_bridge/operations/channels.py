"""The adapters of the port, by the channel of what they carry."""

from collections.abc import Mapping

from authorities.models import Authority
from msed_bridge.models import Channel
from msed_bridge.operations import by_folder, by_soap
from msed_bridge.operations.port import Port

PORTS: Mapping[str, Port] = {Channel.MSED: by_soap, Channel.MEDO: by_folder}


def of(authority: Authority | None) -> Channel | None:
    """The channel by which an authority is reached; None where it works in the portal's cabinet."""
    if authority is None or authority.exchange not in PORTS:
        return None
    return Channel(authority.exchange)
