"""Regions under edit: keys that outlive readings, what counts as a change, what an Apply leaves."""

from __future__ import annotations

from dataclasses import replace

from region_rig import layer_of, polygon, region

from app.model.geometry import Point
from app.model.region import Limits, Region
from app.regions import keyed
from app.regions.editing import RegionEdits, Sheet
from app.regions.proof import Outcome, prove

A, B, C = (region(id, 0.1 * n) for n, id in enumerate(("1", "2", "3"), 1))


def edits_of(*regions: Region, **more) -> RegionEdits:
    edits = RegionEdits()
    edits.keep(layer_of(regions, **more))
    return edits


def test_what_was_read_is_no_change_and_a_drawing_put_back_is_none_either():
    edits = edits_of(A, B)
    first = edits.sheet("field")
    edits.put("field", first.put({first.keys[0]: A.with_shape(polygon(0.5))}))
    assert edits.changed("field") == (first.keys[0],)
    assert edits.count == 1
    edits.put("field", first)
    assert edits.count == 0
    assert edits.pending == ()


def test_new_changed_and_removed_regions_count_and_revert_takes_all_back():
    edits = edits_of(A, B)
    sheet = edits.sheet("field")
    one, two = sheet.keys
    key = edits.new_key()
    edits.put("field", sheet.without([one]).put({two: B.with_shape(polygon(0.6)), key: replace(C, id="")}))
    assert set(edits.changed("field")) == {one, two, key}
    assert edits.pending == ("field",)
    edits.put("field", edits.revert("field"))
    assert edits.count == 0
    assert edits.sheet("field").regions == (A, B)


def test_after_an_apply_a_new_region_gets_its_id_and_keeps_its_key():
    edits = edits_of(A)
    key = edits.new_key()
    sent = edits.sheet("field").put({key: replace(C, id="")})
    edits.put("field", sent)
    edits.keep(layer_of((A, replace(C, id="7"))), sent)
    assert edits.count == 0
    assert edits.sheet("field").get(key) == replace(C, id="7")


def test_undo_after_an_apply_takes_the_new_region_away_and_redo_brings_back_the_same_one():
    edits = edits_of(A)
    before, key = edits.sheet("field"), edits.new_key()
    sent = before.put({key: replace(C, id="")})
    edits.put("field", sent)
    rounded = replace(C, id="7", shape=polygon(0.333))
    edits.keep(layer_of((A, rounded)), sent)
    edits.put("field", before)
    assert edits.changed("field") == (key,)  # to be taken away
    edits.put("field", sent)  # as drawn, before the camera rounded it
    assert edits.count == 0
    assert edits.sheet("field").get(key) == rounded


def test_what_was_drawn_while_others_were_written_stays_an_edit():
    edits = edits_of(A, B)
    one, two = edits.sheet("field").keys
    sent = edits.sheet("field").put({one: A.with_shape(polygon(0.5))})
    edits.put("field", sent)
    later = sent.put({two: B.with_shape(polygon(0.7))})
    edits.put("field", later)
    edits.keep(layer_of((A.with_shape(polygon(0.5)), B)), sent)
    assert edits.changed("field") == (two,)


def test_reading_again_keeps_unsent_edits_and_takes_the_rest():
    edits = edits_of(A, B)
    one, two = edits.sheet("field").keys
    edits.put("field", edits.sheet("field").put({one: A.with_shape(polygon(0.5))}))
    edits.keep(layer_of((A, B.with_shape(polygon(0.8)))))
    assert edits.changed("field") == (one,)
    assert edits.sheet("field").get(two).shape == polygon(0.8)


def test_a_region_that_was_taken_away_and_is_still_there_comes_back():
    edits = edits_of(A, B)
    one, _ = edits.sheet("field").keys
    sent = edits.sheet("field").without([one])
    edits.put("field", sent)
    edits.keep(layer_of((A, B)), sent)
    assert edits.count == 0
    assert set(edits.sheet("field").regions) == {A, B}


def test_a_region_taken_away_by_hand_stays_so_when_it_is_read_again():
    edits = edits_of(A, B)
    one, _ = edits.sheet("field").keys
    edits.put("field", edits.sheet("field").without([one]))
    edits.keep(layer_of((A, B)))
    assert edits.changed("field") == (one,)


def test_the_switch_is_a_change_of_its_own():
    edits = edits_of(A, armed=False)
    assert edits.switch_changed("field") is None
    edits.put("field", replace(edits.sheet("field"), armed=True))
    assert edits.switch_changed("field").path == "enabled"
    assert edits.count == 1
    edits.keep(layer_of((A,), armed=False))  # read again: the edit stays
    assert edits.count == 1
    edits.keep(layer_of((A,), armed=True), edits.sheet("field"))
    assert edits.count == 0


def test_only_what_was_drawn_has_problems():
    tight = Limits(max_points=4, most_regions=2)
    star = A.with_shape(replace(polygon(0.1), points=(*polygon(0.1).points, Point(0.05, 0.2))))
    edits = edits_of(star, limits=tight)
    assert edits.problems == ()
    key, other = edits.new_key(), edits.new_key()
    edits.put("field", edits.sheet("field").put({key: replace(B, id=""), other: replace(star, id="")}))
    assert [(k, "4 corners" in text) for _, k, text in edits.problems] == [(other, True)]


def test_listeners_hear_of_their_layer_until_they_leave():
    edits, heard = edits_of(A), []
    leave = edits.subscribe(heard.append)
    edits.put("field", Sheet())
    leave()
    edits.put("field", edits.revert("field"))
    assert heard == ["field"]


def test_verdicts_find_their_regions_whatever_ids_the_camera_gives():
    edits = edits_of(A, B, C)
    one, _, three = edits.sheet("field").keys
    new = edits.new_key()
    sent = edits.sheet("field").without([three]).put({one: A.with_shape(polygon(0.5)), new: replace(B, id="")})
    edits.put("field", sent)
    held = dict(edits.held_of("field"))
    after = layer_of((replace(A, id="8", shape=polygon(0.5)), B, replace(B, id="9")))
    proofs = prove(layer_of((A, B, C)), sent.regions, after, lambda each: each)
    found = keyed.of_sent(sent, proofs)
    edits.keep(after, sent, keyed.ids(found))
    found |= keyed.of_others(proofs, held, edits.held_of("field"))
    assert {key: proof.outcome for key, proof in found.items()} == {
        one: Outcome.KEPT,
        new: Outcome.KEPT,
        three: Outcome.DELETED,
    }
    assert edits.sheet("field").get(one).id == "8"
    assert edits.sheet("field").get(new).id == "9"
    assert edits.count == 0
