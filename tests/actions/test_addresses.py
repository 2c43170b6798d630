import ipaddress

import pytest

from gateway.actions.addresses import is_public

PUBLIC = (
    *("1.1.1.1", "8.8.8.8", "20.209.0.1", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e"),
    *("::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"),
)
PRIVATE = (
    *("0.0.0.0", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254"),
    *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.168.1.1"),
    *("198.18.0.1", "198.51.100.1", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("168.63.129.16", "192.88.99.1"),
    # loopback, unspecified, unique local, link-local, site-local, multicast, documentation
    *("::1", "::", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "2001:db8::1"),
    *("100::1", "3fff::1", "5f00::1", "4000::1", "fe80::1%eth0", "2606:4700::1%eth0"),
    # an IPv4 address in an IPv6 one: mapped, compatible, translated, NAT64, 6to4, Teredo
    *("::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::ffff:10.0.0.1", "::127.0.0.1", "::7f00:1"),
    *("::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808"),
    *("2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:c0a8:101::1"),
    *("2001:0:4136:e378:8000:63bf:f5ff:fffe", "2001:0:7f00:1::1"),
)


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", PRIVATE)
def test_an_address_that_is_not_public(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))
