"""Which network addresses other servers may have: public ones, and private ones that are named."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from queue import Empty, Queue
from threading import Thread
from typing import Final

import httpcore

from axiskg.errors import LinkingError

__all__ = ["Resolve", "is_reachable", "resolved", "resolved_within"]

Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a host and port; may raise `OSError`."""

_SHARED: Final = ipaddress.ip_network("100.64.0.0/10")
_PROTOCOLS: Final = ipaddress.ip_network("192.0.0.0/24")
_UNICAST: Final = ipaddress.ip_network("2000::/3")
_TRANSLATED: Final = ipaddress.ip_network("64:ff9b::/96")


def resolved(host: str, port: int) -> list[str]:
    """The addresses that the system's resolver finds."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def resolved_within(timeout_s: float, resolve: Resolve, host: str, port: int) -> Sequence[str]:
    """The addresses of a host, found in this time; the system's resolver has no bound of its own.

    Raises `LinkingError` when it has none, and `httpcore.ConnectTimeout`.
    """
    found: Queue[Sequence[str] | Exception] = Queue()

    def ask() -> None:
        try:
            found.put(resolve(host, port))
        except (OSError, UnicodeError) as error:
            found.put(error)

    Thread(target=ask, daemon=True).start()
    try:
        answer = found.get(timeout=timeout_s)
    except Empty as error:
        raise httpcore.ConnectTimeout(f"the address of {host} was not found in time") from error
    if isinstance(answer, Exception):
        raise LinkingError(f"{host}: no such server ({answer})") from answer
    return answer


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to (RFC 3056, 4380, 6052), if any."""
    if address.ipv4_mapped is not None or address.sixtofour is not None:
        return address.ipv4_mapped or address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    low = int(address) & 0xFFFFFFFF
    if address in _TRANSLATED or (int(address) >> 32 == 0 and low > 1):
        return ipaddress.IPv4Address(low)
    return None


def is_reachable(text: str, *, allow_loopback: bool, named: bool) -> bool:
    """Whether a server at this address may be asked; `named` ones may be in a private network.

    >>> [is_reachable(a, allow_loopback=False, named=False) for a in ("8.8.8.8", "::ffff:10.0.0.1")]
    [True, False]
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        address = _carried(address) or address
    if address.is_loopback:
        return allow_loopback or named
    if address.is_multicast or address.is_link_local or address.is_unspecified:
        return False
    lan = address.is_private or (address.version == 4 and address in _SHARED)
    special = address in _PROTOCOLS if address.version == 4 else address not in _UNICAST
    return (address.is_global and not special) or (named and lan and not address.is_reserved)
