"""Addresses and ports that do not go together, against `ipaddress` where it knows."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings import networks

ADDRESSES = st.integers(0, 2**32 - 1).map(lambda number: str(ipaddress.IPv4Address(number)))
MASKS = st.integers(0, 32).map(lambda bits: str(ipaddress.IPv4Network((0, bits)).netmask))


@pytest.mark.parametrize("mask", ["255.0.255.0", "0.0.0.255", "255.255.255.1", "0.255.0.0"])
def test_a_mask_is_ones_and_then_zeros(mask):
    assert networks.mask_problem(mask) == f"{mask} is no subnet mask: masks are like 255.255.255.0"
    assert networks.network("10.0.0.1", mask) is None
    assert networks.gateway_problem("192.0.2.1", "10.0.0.1", mask) == ""


@given(MASKS)
def test_every_mask_is_one(mask):
    assert networks.mask_problem(mask) == ""


@pytest.mark.parametrize("text", ["", "255.255", "255.255.255.256", "x", "255.255.255.0.0"])
def test_what_is_no_address_is_nothing_to_judge(text):
    assert networks.mask_problem(text) == networks.address_problem(text, text) == ""
    assert (
        networks.gateway_problem(text, "10.0.0.2", "255.0.0.0") == networks.gateway_problem("10.0.0.1", text, "") == ""
    )


@given(ADDRESSES, MASKS, ADDRESSES)
def test_addresses_and_gateways_are_judged_as_the_standard_library_does(address, mask, gateway):
    network = ipaddress.IPv4Network(f"{address}/{mask}", strict=False)
    host = ipaddress.IPv4Address(address)
    wrong = host.is_multicast or host.is_reserved or host.is_unspecified
    if network.prefixlen and network.prefixlen < 31:
        wrong = wrong or host in (network.network_address, network.broadcast_address)
    assert bool(networks.address_problem(address, mask)) == wrong
    if network.prefixlen and gateway not in (*networks.NO_ADDRESS, address):
        outside = ipaddress.IPv4Address(gateway) not in network
        assert bool(networks.gateway_problem(gateway, address, mask)) == outside


def test_the_words():
    of = networks.address_problem
    assert (
        of("192.168.1.0", "255.255.255.0") == "192.168.1.0 is the 192.168.1.0/24 network itself, not an address in it"
    )
    assert of("192.168.1.255", "255.255.255.0").endswith("is for everybody in the 192.168.1.0/24 network, not for one")
    assert of("239.1.1.1", "255.255.255.0") == "239.1.1.1 cannot be the address of a camera"
    way = networks.gateway_problem
    assert way("10.0.0.1", "10.0.0.1", "255.0.0.0") == "10.0.0.1 is the camera itself: a gateway is another device"
    assert "outside the network 10.0.0.0/24" in way("10.0.1.1", "10.0.0.2", "255.255.255.0")


def test_ports():
    assert networks.port_problems({"HTTP": "80", "RTSP": "080", "HTTPS": "443", "SDK": ""}) == {
        "80": "Port 80 is used by HTTP and by RTSP: each service needs one of its own"
    }
    assert networks.port_problems({"HTTP": "80", "RTSP": "554"}) == {}
    assert networks.browser_problem("6000") == "Web browsers refuse to open port 6000"
    assert networks.browser_problem("8080") == networks.browser_problem("x") == networks.browser_problem("") == ""
