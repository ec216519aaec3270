#!/usr/bin/python3
"""Applications that others wrote are let in by the sample portal."""
import json
import os
import pathlib
import shutil
import subprocess
import unittest
import urllib.parse

import peers
from plain_listener import in_the_clear
from portal_smart_test import ACCOUNT, Browser, Forms

FOLDER = pathlib.Path(__file__).parent
SKIPPED = 77
ALL_SCOPES = "openid profile launch/patient patient/Patient.read patient/Coverage.read patient/ExplanationOfBenefit.read"


class ClientsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if shutil.which("node") is None:
            peers.skip_loudly("node is missing")
        cls.portal = cls.enterClassContext(peers.Portal())

    def consent(self, address, choices=()):
        """Where a browser is sent back to, of a person who allows what is asked, but for their choices."""
        browser = Browser(self.portal)
        target = urllib.parse.urlsplit(address)
        page = browser.go("GET", f"{target.path}?{target.query}")
        fields = dict(Forms(page.text).with_action("/sign-in"))
        fields.update(account=ACCOUNT, password=f"{peers.PASSWORD_BASE}-{ACCOUNT}")
        page = browser.go("POST", "/sign-in", fields)
        action, fields = next(form for form in Forms(page.text).forms if form[0].rstrip("/").endswith("/consent"))
        fields = [field for field in fields if field[0] not in dict(choices)]
        return browser.go("POST", action, fields + [*choices, ("decision", "allow")])

    def said_by(self, program, *arguments, told, choices=()):
        """What a program of node prints at its end, after a person has signed in to it."""
        process = subprocess.Popen(["node", FOLDER / program, *arguments], text=True, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env={**os.environ, "NODE_EXTRA_CA_CERTS": self.portal.ready["ca_file"]})
        try:
            process.stdin.write(json.dumps(told) + "\n")
            process.stdin.flush()
            address = process.stdout.readline().strip()
            back = self.consent(address, choices) if address else ""
            said, errors = process.communicate(back + "\n", timeout=60)
        finally:
            process.kill()
            process.wait()
        if process.returncode == SKIPPED:
            peers.skip_loudly(errors.strip())
        self.assertEqual(process.returncode, 0, errors)
        return json.loads(said)

    def test_openid_client(self):
        got = self.said_by("openid_client.mjs", told=self.portal.ready)
        name = got.pop("name")
        self.assertTrue(name.startswith("Alice"), name)
        self.assertEqual(got, {"patient": ACCOUNT, "subject": ACCOUNT, "active": True, "active_after_revocation": False,
                               "backend_scope": "system/*.rs", "registered": "Registered"})

    # --- CMS's own package. What it has to get is what stands in the claims of the sample records.

    def claims_of_record(self):
        """The types of CMS of the claims that the record has, in its order; Medicare pays for no teeth."""
        of_profile = {"Inpatient-Institutional": "inpatient", "Outpatient-Institutional": "outpatient", "Pharmacy": "pde",
                      "Professional-NonClinician": "carrier"}
        claims = [entry["resource"] for entry in json.loads((peers.SOURCE / f"samples/records/{ACCOUNT}.claims.json").read_text())["entry"]]
        profiles = [one["meta"]["profile"][0].split("|")[0] for one in claims if one["resourceType"] == "ExplanationOfBenefit"]
        names = [profile.partition("C4BB-ExplanationOfBenefit-")[2] for profile in profiles]
        return [of_profile[name] for name in names if name != "Oral"]

    def through_the_sdk(self, version, application="cms-app", choices=()):
        application = next(one for one in self.portal.ready["cms"]["clients"] if one["client_id"] == application)
        with in_the_clear(self.portal, 8000) as here:
            if here is None:
                peers.skip_loudly("port 8000 is taken, and cms-bluebutton-sdk knows no other")
            return self.said_by("cms_client.mjs", version, told={**application, "scope": ALL_SCOPES}, choices=choices)

    def test_cms_bluebutton_sdk(self):
        for version in "2", "3":
            with self.subTest(version=version):
                got = self.through_the_sdk(version)
                patient = got["patient_of_token"]
                self.assertRegex(patient, "^-[0-9]{14}$")
                self.assertEqual(set(got["scope"].split()), set(ALL_SCOPES.split()))
                self.assertEqual(got["seconds"], 3600)
                self.assertEqual(got["patient"], [f"Patient/{patient}"])
                profile = got["profile"]
                self.assertEqual((profile["sub"], profile["patient"], profile["given_name"], profile["family_name"]),
                                 (patient, patient, "Alice Jones", "Newman"))
                self.assertEqual(got["coverage"], [f"Coverage/part-a-{patient}"])
                # Pages of four, followed by the package.
                self.assertEqual([one.partition("/")[2].partition("--")[0] for one in got["claims"]], self.claims_of_record())
                self.assertEqual(len(set(got["claims"])), got["total"])
                last = (got["total"] - 1) // 4 * 4
                self.assertGreater(last, 4)
                self.assertEqual(got["pages"], [4] * (last // 4) + [got["total"] - last])
                self.assertIn(f"startIndex={last}&", got["last"])
                self.assertEqual((got["is_renewed"], got["after_renewal"], got["refresh_again"]), (True, got["coverage"], "invalid_grant"))
                if version == "3":
                    self.assertEqual(got["card"], got["patient"] + got["coverage"])

    def test_cms_bluebutton_sdk_without_demographics(self):
        got = self.through_the_sdk("2", choices=[("share_demographic_scopes", "False")])
        self.assertEqual(set(got["scope"].split()), {"openid", "launch/patient", "patient/Coverage.read", "patient/ExplanationOfBenefit.read"})
        self.assertEqual((got["patient"], got["profile"]), (403, 403))
        self.assertEqual(len(got["claims"]), len(self.claims_of_record()))


if __name__ == "__main__":
    peers.main()
