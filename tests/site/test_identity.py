from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.site.identity import Identity, merge, partition

serials = st.sampled_from(["", "SN-0001", "SN-0002", "SN-0003", "SN-0004"])
macs = st.sampled_from(["", "00:11:22:33:44:01", "00:11:22:33:44:02", "00:11:22:33:44:03"])
addresses = st.sampled_from(["10.0.0.1", "10.0.0.2", "10.0.0.3"])
sightings = st.builds(Identity.of, serials, macs, addresses)


@given(st.lists(sightings, max_size=12), st.randoms())
def test_the_order_of_sightings_makes_no_difference(seen, random):
    shuffled = list(seen)
    random.shuffle(shuffled)
    assert partition(seen) == partition(shuffled)


@given(st.lists(sightings, max_size=12))
def test_a_common_key_is_one_device_and_no_key_is_lost(seen):
    groups = partition(seen)
    for one in seen:
        homes = [group for group in groups if group & one.strong]
        assert len(homes) == (1 if one.strong else 0)
        assert not one.strong or one.strong <= homes[0]
    assert frozenset().union(*groups) == frozenset().union(*(one.strong for one in seen))


@given(st.lists(sightings, max_size=12), sightings)
def test_seeing_a_device_again_changes_nothing(seen, one):
    assert partition([*seen, one]) == partition([*seen, one, one])


@given(st.text(), st.text(), st.text())
def test_any_text_makes_an_identity(serial, mac, address):
    identity = Identity.of(serial, mac, address)
    assert identity.is_same(identity) == bool(identity.keys)
    assert Identity.of(serial, mac, address) == identity


def test_spellings_of_one_key_are_one():
    assert Identity.of("sn-1234", "AA-BB-CC-DD-EE-01") == Identity.of(" SN-1234 ", "aabbccddee01")


def test_what_whole_product_lines_share_is_no_key():
    for serial, mac in (("", "00:00:00:00:00:00"), ("0000000000", "ff:ff:ff:ff:ff:ff"), ("unknown", "1234"), ("1", "")):
        assert Identity.of(serial, mac).keys == frozenset()


def test_another_camera_at_a_known_address_is_another_camera():
    known = Identity.of("SN-0001", "", "10.0.0.1")
    assert merge([known], Identity.of("SN-0002", "", "10.0.0.1")) == ()
    assert not known.is_same(Identity.of("SN-0002", "", "10.0.0.1"))
    assert merge([known], Identity.of("", "", "10.0.0.1")) == (0,)
    assert merge([Identity.of(address="10.0.0.1")], known) == (0,)


def test_contradictions_are_kept_and_named():
    joined = Identity.of("SN-0001", "00:11:22:33:44:01").joined(Identity.of("SN-0002", "00:11:22:33:44:01"))
    assert joined.conflicts == ("2 serial numbers: sn-0001, sn-0002",)
