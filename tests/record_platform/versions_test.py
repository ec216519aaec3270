#!/usr/bin/env python3
"""A thing in another version of its type: converted by what both published schemas say, flagged, and not written back."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from platform_client import *  # noqa: E402,F403
from platform_test import DATA, HAS_SCHEMAS, PlatformTest  # noqa: E402
from skips import skip_loudly  # noqa: E402  (platform_client has put its folder on the path)

MEDICATION = ("5c5f1223-f63c-4464-870c-3e36ba471def", "30cafccc-047d-4288-94ef-643571f7919d")
IMMUNIZATION = ("3d817dbe-af42-4a9d-a553-d1298b4d08fc", "cd3587b5-b6e1-4565-ab3b-1c3ad45eb04f")
PROCEDURE = ("0a5f9a43-dc88-4e9f-890f-1f9159b76e7b", "df4db479-a1ba-42a2-8714-2b083b88150f")
ENCOUNTER = ("3d4bdf01-1b3e-4afc-b41c-bd3e641a6da7", "464083cc-13de-4f3e-a189-da8e47d5651b")
BASIC = ("bf516a61-5252-4c28-a979-27f45f62f78d", "3b3e6b16-eb69-483c-8d7e-dfe116ae6092")
FAMILY = ("6d39f894-f7ac-4fce-ac78-b22693bf96e6", "22826e13-41e1-4ba3-8447-37dadd208fd8", "4a04fcc8-19c1-4d59-a8c7-2031a03f21de")
CHOLESTEROL = ("796c186f-b874-471c-8468-3eeff73bf66e", "98f76958-e34f-459b-a760-83c1699add38")
DOWN, UP = "2", "4"
DAY = "<date><y>2005</y><m>1</m><d>2</d></date>"
MMR = "<name><text>MMR</text></name>"


class VersionsTest(PlatformTest):
    @classmethod
    def setUpClass(cls):
        if not HAS_SCHEMAS:
            skip_loudly("no published schemas; set BB_TEST_DATA")
        cls.arguments = ("--control", "--schemas", str(DATA / "xsd"))
        super().setUpClass()

    def put_one(self, data, type_id):
        return self.accepted(self.of("alice").put(thing(data, type_id))).keys()[0]

    def read(self, key, version, person=None):
        wanted = f"<type-version-format>{version}</type-version-format>" if version else ""
        return (person or self.of("alice")).get(group(f"<id>{key[0]}</id>", more=wanted))

    def is_converted(self, data, stored, wanted, flag, expected):
        key = self.put_one(data, stored)
        answer = self.accepted(self.read(key, wanted))
        self.assertEqual((answer.text("type-id"), answer.text("flags")), (wanted, flag))
        inside = answer.info.find(".//data-xml")
        self.assertEqual(ElementTree.tostring(inside, "unicode").strip(), f"<data-xml>{expected}</data-xml>")
        # The stored one is as it was.
        same = self.accepted(self.read(key, stored))
        self.assertEqual((same.text("type-id"), same.text("flags")), (stored, "0"))
        return key

    def test_a_medication_goes_up(self):
        self.is_converted(
            "<medication><name>Amoxicillin</name><date-discontinued><structured>" + DAY + "</structured></date-discontinued>"
            "<indication>cold</indication><dose-value><exact-dose>2</exact-dose></dose-value><dose-unit><text>tablets</text>"
            "</dose-unit><strength-value>500</strength-value><strength-unit><text>mg</text></strength-unit><frequency>daily"
            "</frequency><route><text>oral</text></route><refills>3</refills></medication>"
            "<common><note>ours</note></common>", *MEDICATION, UP,
            "<medication><name><text>Amoxicillin</text></name><dose><display>2 tablets</display><structured><value>2</value>"
            "<units><text>tablets</text></units></structured></dose><strength><display>500 mg</display><structured>"
            "<value>500</value><units><text>mg</text></units></structured></strength><frequency><display>daily</display>"
            "</frequency><route><text>oral</text></route><indication><text>cold</text></indication><date-discontinued>"
            "<structured>" + DAY + "</structured></date-discontinued></medication><common><note>ours</note></common>")

    def test_a_dose_of_a_medication_keeps_its_words(self):
        for dose, words in (("<description>one or two</description>", "one or two"), ("<exact-dose>2</exact-dose>", "2"),
                            ("<min-dose>1</min-dose><max-dose>2</max-dose>", "1 - 2")):
            self.is_converted(f"<medication><name>A</name><dose-value>{dose}</dose-value></medication>", *MEDICATION, UP,
                              f"<medication><name><text>A</text></name><dose><display>{words}</display></dose></medication>")

    def test_a_medication_goes_down(self):
        new = ("<medication><name><text>Ibuprofen</text><code><value>1</value><type>t</type></code></name><generic-name>"
               "<text>ibuprofen</text></generic-name><dose><display>1 tablet</display></dose><strength><display>{0} mg"
               "</display><structured><value>{0}</value><units><text>mg</text></units></structured></strength>"
               "<frequency><display>every 8 hours</display></frequency><prescription><prescribed-by><name><full>Dr. A"
               "</full></name></prescribed-by><refills>3</refills><instructions><text>with food</text></instructions>"
               "</prescription></medication>")
        old = ("<medication><name>Ibuprofen</name><dose-value><description>1 tablet</description></dose-value>{}<frequency>"
               "every 8 hours</frequency><refills>3</refills><instructions>with food</instructions></medication>")
        strength = "<strength-value>600</strength-value><strength-unit><text>mg</text></strength-unit>"
        self.is_converted(new.format("600"), *reversed(MEDICATION), DOWN, old.format(strength))
        # Version 1 has whole numbers alone.
        self.is_converted(new.format("0.5"), *reversed(MEDICATION), DOWN, old.format(""))

    def test_an_immunization_goes_both_ways(self):
        when = "<administration-date><structured>" + DAY + "</structured></administration-date>"
        one = f"<immunization>{MMR}{when}<manufacturer>Merck</manufacturer><lot>L7</lot></immunization>"
        two = f"<immunization>{MMR}{when}<manufacturer><text>Merck</text></manufacturer><lot>L7</lot></immunization>"
        self.is_converted(one, *IMMUNIZATION, UP, two)
        self.is_converted(two, *reversed(IMMUNIZATION), DOWN, one)

    def test_a_procedure_goes_both_ways(self):
        one = f"<procedure><when>{DAY}</when><title><text>Appendectomy</text></title></procedure>"
        two = f"<procedure><when><structured>{DAY}</structured></when><name><text>Appendectomy</text></name></procedure>"
        self.is_converted(one, *PROCEDURE, UP, two)
        self.is_converted(two, *reversed(PROCEDURE), DOWN, one)

    def test_an_encounter_goes_both_ways(self):
        one = f"<encounter><when>{DAY}</when><type>visit</type><consent-granted>true</consent-granted></encounter>"
        two = f"<encounter><when>{DAY}</when><type><text>visit</text></type><consent-granted>true</consent-granted></encounter>"
        self.is_converted(one, *ENCOUNTER, UP, two)
        self.is_converted(two, *reversed(ENCOUNTER), DOWN, one)

    def test_a_family_history_goes_over_three_versions(self):
        one = ("<family-history><condition><text>Gout</text></condition><relationship><text>Father</text></relationship>"
               "</family-history>")
        two = ("<family-history><condition><name><text>Gout</text></name></condition><relative><relationship><text>Father"
               "</text></relationship></relative></family-history>")
        self.is_converted(one, FAMILY[0], FAMILY[2], UP, two)
        self.is_converted(two, FAMILY[2], FAMILY[0], DOWN, one)

    def test_basic_information_goes_both_ways(self):
        one = "<basic><gender>f</gender><country>US</country><state>WA</state></basic>"
        two = "<basic><gender>f</gender><country><text>US</text></country><state><text>WA</text></state></basic>"
        key = self.is_converted(one, *BASIC, UP, two)
        self.accepted(self.of("alice").remove(key))
        coded = two.replace("<text>US</text>", "<text>United States</text><code><value>US</value><type>iso3166</type></code>")
        self.is_converted(coded, *reversed(BASIC), DOWN, one)

    def test_what_the_other_version_cannot_hold_is_refused(self):
        # Version 1 requires a date; a cholesterol profile would need other units.
        self.refused(self.read(self.put_one(f"<immunization>{MMR}</immunization>", IMMUNIZATION[1]), IMMUNIZATION[0]), 85)
        profile = "<cholesterol-profile><when><y>2005</y><m>1</m><d>2</d></when><ldl>100</ldl></cholesterol-profile>"
        self.refused(self.read(self.put_one(profile, CHOLESTEROL[0]), CHOLESTEROL[1]), 85)

    def test_a_reader_of_both_versions_gets_each_as_it_is(self):
        key = self.put_one("<medication><name>A</name></medication>", MEDICATION[0])
        both = "".join(f"<type-version-format>{one}</type-version-format>" for one in MEDICATION)
        for more in ("", both, "<type-version-format>" + WEIGHT + "</type-version-format>"):
            answer = self.accepted(self.of("alice").get(group(f"<id>{key[0]}</id>", more=more)))
            self.assertEqual((answer.text("type-id"), answer.text("flags")), (MEDICATION[0], "0"))

    def test_an_application_of_one_version_gets_all_in_that_one(self):
        key = self.put_one("<medication><name><text>A</text></name></medication>", MEDICATION[1])
        older = self.of("alice", client=Client(self.program, "older"))
        answer = self.accepted(older.get(group(filter_of(f"<type-id>{MEDICATION[0]}</type-id>"))))
        self.assertEqual(set(answer.texts("type-id")), {MEDICATION[0]})
        self.assertIn(key[0], [id_ for id_, _ in answer.keys()])

    def test_a_type_stands_for_all_its_versions_in_a_filter(self):
        keys = [self.put_one("<medication><name>A</name></medication>", MEDICATION[0]),
                self.put_one("<medication><name><text>A</text></name></medication>", MEDICATION[1])]
        for type_id in MEDICATION:
            found = self.accepted(self.of("alice").get(group(filter_of(f"<type-id>{type_id}</type-id>")))).keys()
            self.assertTrue(set(keys) <= set(found))

    def test_an_older_version_does_not_overwrite_a_newer_one(self):
        alice = self.of("alice")
        key = self.put_one("<medication><name><text>A</text></name></medication>", MEDICATION[1])
        old = thing("<medication><name>A</name></medication>", MEDICATION[0], key=key)
        self.refused(alice.put(old), 85)
        self.assertEqual(self.accepted(self.read(key, "")).text("type-id"), MEDICATION[1])
        # Who says that data may go, may.
        self.accepted(alice.put(old, method="OverwriteThings"))
        self.assertEqual(self.accepted(self.read(key, "")).text("type-id"), MEDICATION[0])

    def test_a_newer_version_replaces_an_older_one_with_its_data(self):
        alice = self.of("alice")
        key = self.put_one("<medication><name>A</name></medication>", MEDICATION[0])
        name = f'<thing-id version-stamp="{key[1]}">{key[0]}</thing-id>'
        self.refused(alice.put(f"<thing>{name}<type-id>{MEDICATION[1]}</type-id></thing>"), 90)
        self.refused(alice.put(thing("<medication><name>A</name></medication>", MEDICATION[1], key=key)), 3)
        self.accepted(alice.put(thing("<medication><name><text>A</text></name></medication>", MEDICATION[1], key=key)))
        self.assertEqual(self.accepted(self.read(key, "")).text("type-id"), MEDICATION[1])
        self.refused(alice.put(thing(weight(1), WEIGHT, key=self.accepted(self.read(key, "")).keys()[0])), 13)

    def test_what_an_old_method_does_not_tell_it_does_not_change(self):
        alice = self.of("alice")
        blob = ("<blob-payload><blob><blob-info><name>{}</name><content-type>text/plain</content-type></blob-info>"
                "<base64data>QQ==</base64data></blob></blob-payload>")
        for name, code in (("", 0), ("page", 104)):
            data = "<file><name>a.txt</name><size>1</size></file>"
            key = self.accepted(alice.put(thing(data, FILE, more=blob.format(name)))).keys()[0]
            self.assertEqual(alice.put(thing(data, FILE, key=key), version=1).code, code)


if __name__ == "__main__":
    unittest.main()
