#!/usr/bin/python3
"""Applications that others wrote are let in by the sample portal."""
import json
import os
import pathlib
import shutil
import subprocess
import unittest

import peers
from portal_smart_test import ACCOUNT, Browser, Forms

FOLDER = pathlib.Path(__file__).parent
SKIPPED = 77


class ClientsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if shutil.which("node") is None:
            peers.skip_loudly("node is missing")
        cls.portal = cls.enterClassContext(peers.Portal())

    def consent(self, address):
        """Where a browser is sent back to."""
        browser = Browser(self.portal)
        page = browser.go("GET", address.removeprefix(self.portal.ready["url"]))
        fields = dict(Forms(page.text).with_action("/sign-in"))
        fields.update(account=ACCOUNT, password=f"{peers.PASSWORD_BASE}-{ACCOUNT}")
        page = browser.go("POST", "/sign-in", fields)
        fields = Forms(page.text).with_action("/oauth/consent")
        return browser.go("POST", "/oauth/consent", fields + [("decision", "allow")])

    def test_openid_client(self):
        process = subprocess.Popen(["node", FOLDER / "openid_client.mjs"], text=True, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env={**os.environ, "NODE_EXTRA_CA_CERTS": self.portal.ready["ca_file"]})
        try:
            process.stdin.write(json.dumps(self.portal.ready) + "\n")
            process.stdin.flush()
            address = process.stdout.readline().strip()
            back = self.consent(address) if address else ""
            said, errors = process.communicate(back + "\n", timeout=60)
        finally:
            process.kill()
            process.wait()
        if process.returncode == SKIPPED:
            peers.skip_loudly(errors.strip())
        self.assertEqual(process.returncode, 0, errors)
        got = json.loads(said)
        name = got.pop("name")
        self.assertTrue(name.startswith("Alice"), name)
        self.assertEqual(got, {"patient": ACCOUNT, "subject": ACCOUNT, "active": True, "active_after_revocation": False,
                               "backend_scope": "system/*.rs", "registered": "Registered"})


if __name__ == "__main__":
    peers.main()
