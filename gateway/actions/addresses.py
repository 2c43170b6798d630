"""Which addresses of the Internet may be connected to: public ones, whatever form they have."""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Never public, whatever the interpreter's own table says of them (IANA's special registries).
REFUSED = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("168.63.129.16/32",),  # a cloud's own wire server, public by its number alone
        *("::/96", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16"),
        *("fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "64:ff9b:1::/48"),
    )
)
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052
TRANSLATED = ipaddress.IPv6Network("::ffff:0:0:0/96")  # RFC 2765
UNICAST = ipaddress.IPv6Network("2000::/3")  # RFC 4291, section 2.4: all that is given out


def is_public(address: Address) -> bool:
    """Tell whether an address is a public host's.

    An IPv6 address that carries an IPv4 one (mapped, compatible, translated, NAT64, 6to4, Teredo)
    is as public as what it carries; a scope (`%eth0`) is never public.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id:
            return False
        carried = _carried(address)
        if carried is not None:
            return all(is_public(each) for each in carried)
        if address not in UNICAST:
            return False
    if any(address.version == each.version and address in each for each in REFUSED):
        return False
    return address.is_global and not address.is_multicast


def _carried(address: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address] | None:
    """Return the IPv4 addresses that an IPv6 one leads to; None where it is one of its own."""
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address.sixtofour is not None:
        return [address.sixtofour]
    if address.teredo is not None:
        return list(address.teredo)
    if address in NAT64 or address in TRANSLATED:
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    return None
