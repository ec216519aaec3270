#!/usr/bin/python3
"""Documents by web service: the suite against the sample portal, and what each side writes read by others."""
import email.message
import email.parser
import email.policy
import json
import socket
import ssl
import unittest
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as xml

import direct_peers
import peers

SUITE = peers.SOURCE / "conformance" / "suites" / "direct.xdr.yaml"
DOMAIN = "direct.a.example"
OTHER = "direct.b.example"
SPACES = {"s": "http://www.w3.org/2003/05/soap-envelope", "rs": "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0",
          "d": "urn:direct:addressing", "rim": "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0",
          "x": "urn:ihe:iti:xds-b:2007", "xop": "http://www.w3.org/2004/08/xop/include"}


class XdrTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(peers.temporary_folder())
        cls.pki = direct_peers.make_pki(cls.folder / "pki", "--without-cases", "--domain", DOMAIN, "--address",
                                        "bruno@" + DOMAIN, "--domain", OTHER)
        cls.foreign = direct_peers.make_pki(cls.folder / "foreign", "--without-cases", "--address", "bruno@" + DOMAIN)
        cls.room = cls.enterClassContext(direct_peers.mail_room(
            cls.pki, direct_peers.zone(cls.pki, [DOMAIN, OTHER]), f"{DOMAIN}:secret=@{DOMAIN}", f"other:secret=@{OTHER}"))

    def portal(self, defect=None, clients="anchors.crt"):
        return direct_peers.portal(self.pki, DOMAIN, self.room.ready, "--xdr-clients", self.pki / clients, defect=defect)

    def inbox(self):
        server = {"host": "localhost", "port": self.room.ready["imap"], "user": "other", "password": "mailbox"}
        return {"connector": "org.bluebridge.direct.inbox", "ca_file": str(self.pki / "root.crt"),
                "config": {**server, "address": "other@" + OTHER, "identity": {"secret": "identity"},
                           "anchors": {"secret": "anchors"}},
                "secrets": {"mailbox": {"env": "XDR_MAILBOX"}, "identity": {"file": str(self.pki / f"{OTHER}.pem")},
                            "anchors": {"file": str(self.pki / "anchors.crt")}},
                "allow_network": [{"host": "localhost", "port": server["port"]}]}

    def run_suite(self, portal, *words):
        target = {"format": "bluebridge-target/1", "target": "xdr", "environment": "test",
                  "roles": {"edge": {"connector": "org.bluebridge.xdr.sender", "ca_file": portal.ready["ca_file"],
                                     "config": {"endpoint": portal.ready["xdr_url"], "from": "bruno@" + DOMAIN,
                                                "source_id": "2.25.7", "client_certificate": "edge",
                                                "wrong_certificate": "foreign"},
                                     "secrets": {"edge": {"file": str(self.pki / f"bruno@{DOMAIN}.pem")},
                                                 "foreign": {"file": str(self.foreign / f"bruno@{DOMAIN}.pem")}}},
                            "received": {"connector": "org.bluebridge.rest.messages", "ca_file": portal.ready["ca_file"],
                                         "config": {"base_url": portal.ready["url"], "account": "bruno",
                                                    "password": "bruno"},
                                         "secrets": {"bruno": {"env": "BB_TEST_PASSWORD_0"}}},
                            "inbox": self.inbox()},
                  "patients": {}, "options": {"xdr": "declared"},
                  "inputs": {"recipient": "bruno@" + DOMAIN, "unknown_recipient": "nobody@" + DOMAIN}}
        folder = self.enterContext(peers.temporary_folder())
        file = folder / "target.yaml"
        file.write_text(json.dumps(target))
        process = peers.bluebridge("run", SUITE, "--target", file, "--out", folder / "runs", *words,
                                   XDR_MAILBOX="secret", **peers.passwords(["bruno"]))
        run, report = peers.only_run(folder, process)
        return process, report, run

    def test_the_portal_keeps_every_row_and_the_suite_notices_every_fault(self):
        with self.portal() as portal:
            process, report, run = self.run_suite(portal)
        self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
        self.assertEqual(set(peers.outcomes(report).values()), {"pass"})
        peers.faults_noticed(run)

    def test_each_defect_is_noticed_by_its_requirement(self):
        for defect, test, row in [("xdr-loses-documents", "passed_on", "DIRECT-XDR-08"),
                                  ("xdr-hides-package", "converted", "DIRECT-MSG-15"),
                                  ("xdr-hides-package", "converted", "DIRECT-HDR-08"),
                                  ("xdr-hides-failure", "nobody_there", "DIRECT-XDR-08"),
                                  ("xdr-accepts-malformed", "malformed[xdr-malformed-header]", "DIRECT-XDR-09"),
                                  ("xdr-accepts-any-certificate", "stranger.wrong_certificate", "DIRECT-XDR-10")]:
            with self.subTest(defect), self.portal(defect) as portal:
                process, report, _ = self.run_suite(portal)
                self.assertEqual(process.returncode, 1, process.stdout + process.stderr)
                self.assertEqual(peers.outcomes(report)[test], "fail")
                rows = {row["id"]: row["outcome"] for row in report["requirements"]}
                self.assertEqual(rows[row], "fail")

    def test_what_we_submit_is_read_by_others(self):
        with self.portal() as portal:
            _, _, run = self.run_suite(portal, "--filter", "*/submitted*")
        # The request as the host recorded it.
        exchanges = [event for line in (run / "events.ndjson").read_text().splitlines()
                     if (event := json.loads(line))["type"] == "exchange"]
        self.assertEqual(len(exchanges), 2)
        for exchange in exchanges:
            body = exchange["request_body"]
            text = body["text"] if "text" in body else (run / "blobs" / body["blob"]).read_text()
            content_type = dict(exchange["request_headers"])["content-type"]
            message = email.parser.Parser(policy=email.policy.default).parsestr(
                f"Content-Type: {content_type}\r\n\r\n{text}")
            self.assertEqual(message.get_content_type(), "multipart/related")
            self.assertEqual(message["content-type"].params["type"], "application/xop+xml")
            self.assertEqual(message["content-type"].params["start-info"], "application/soap+xml")
            root, document = message.iter_parts()
            self.assertEqual(root["content-id"], message["content-type"].params["start"])
            envelope = xml.fromstring(root.get_payload())
            block = envelope.find("s:Header/d:addressBlock", SPACES)
            self.assertEqual(block.get("{%s}role" % SPACES["s"]), "urn:direct:addressing:destination")
            self.assertEqual(block.find("d:to", SPACES).text, "mailto:bruno@" + DOMAIN)
            self.assertEqual(block.find("d:from", SPACES).text, "mailto:bruno@" + DOMAIN)
            href = envelope.find(".//x:Document/xop:Include", SPACES).get("href")
            self.assertEqual("<" + href.removeprefix("cid:").replace("%40", "@") + ">", document["content-id"])
            described = envelope.find(".//rim:ExtrinsicObject", SPACES)
            self.assertEqual(described.get("mimeType"), "text/xml")
            size = described.find("rim:Slot[@name='size']/rim:ValueList/rim:Value", SPACES).text
            self.assertEqual(int(size), len(document.get_payload().strip("\r\n").encode()) + 1)  # its own last line end

    def tls_of(self, portal, identity):
        tls = ssl.create_default_context(cafile=portal.ready["ca_file"])
        tls.load_cert_chain(identity)
        return tls

    def shake_hands(self, portal, tls, session=None):
        """The session, and whether it was taken up again; one request and its answer are between."""
        url = urllib.parse.urlsplit(portal.ready["xdr_url"])
        with socket.create_connection((url.hostname, url.port), 10) as plain, \
                tls.wrap_socket(plain, server_hostname=url.hostname, session=session) as safe:
            safe.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertEqual(safe.recv(5), b"HTTP/")
            return safe.session, safe.session_reused

    def test_a_session_is_taken_up_again(self):
        with self.portal() as portal:
            for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
                with self.subTest(version):
                    tls = self.tls_of(portal, self.pki / f"bruno@{DOMAIN}.pem")
                    tls.minimum_version = tls.maximum_version = version
                    session, is_reused = self.shake_hands(portal, tls)
                    self.assertFalse(is_reused)
                    self.assertTrue(self.shake_hands(portal, tls, session)[1])

    def test_an_authority_of_clients_need_be_no_root(self):
        with self.portal(clients="intermediate.crt") as portal:
            self.shake_hands(portal, self.tls_of(portal, self.pki / f"bruno@{DOMAIN}.pem"))
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                self.shake_hands(portal, self.tls_of(portal, self.foreign / f"bruno@{DOMAIN}.pem"))

    def test_what_others_submit_is_taken(self):
        with self.portal() as portal:
            tls = self.tls_of(portal, self.pki / f"bruno@{DOMAIN}.pem")
            # As toolkits on Axis write it: prefixes of their own, the envelope with a declaration, quoted Content-IDs.
            envelope = f"""<?xml version='1.0' encoding='UTF-8'?>
<s:Envelope xmlns:s="{SPACES['s']}" xmlns:a="http://www.w3.org/2005/08/addressing"><soapenv:Header
 xmlns:soapenv="{SPACES['s']}"><direct:metadata-level xmlns:direct="{SPACES['d']}">minimal</direct:metadata-level>
<direct:addressBlock xmlns:direct="{SPACES['d']}" soapenv:role="urn:direct:addressing:destination"
 soapenv:relay="true"><direct:from>mailto:edge@{DOMAIN}</direct:from><direct:to>mailto:bruno@{DOMAIN}</direct:to>
</direct:addressBlock><a:MessageID s:mustUnderstand="true">urn:uuid:1</a:MessageID><a:Action
 s:mustUnderstand="1">urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b</a:Action></soapenv:Header><s:Body>
<ProvideAndRegisterDocumentSetRequest xmlns="{SPACES['x']}"><SubmitObjectsRequest
 xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"><RegistryObjectList xmlns="{SPACES['rim']}">
<ExtrinsicObject id="D1" mimeType="text/plain" objectType="urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1">
<ExternalIdentifier id="i1" registryObject="D1" identificationScheme="urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
 value="1.2.3"/></ExtrinsicObject><RegistryPackage id="S1"><Slot name="submissionTime"><ValueList><Value>20260101</Value>
</ValueList></Slot><Slot name="intendedRecipient"><ValueList><Value>||^^Internet^bruno@{DOMAIN}</Value></ValueList></Slot>
<Classification id="c1" classificationScheme="urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d" classifiedObject="S1"
 nodeRepresentation=""><Slot name="authorTelecommunication"><ValueList><Value>^^Internet^edge@{DOMAIN}</Value></ValueList>
</Slot></Classification><ExternalIdentifier id="i2" registryObject="S1"
 identificationScheme="urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832" value="1.2.4"/><ExternalIdentifier id="i3"
 registryObject="S1" identificationScheme="urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8" value="1.2.5"/>
</RegistryPackage></RegistryObjectList></SubmitObjectsRequest><Document id="D1"><xop:Include
 xmlns:xop="{SPACES['xop']}" href="cid:1.abc@example.org"/></Document></ProvideAndRegisterDocumentSetRequest></s:Body>
</s:Envelope>"""
            body = ("--B\r\nContent-Type: application/xop+xml; charset=UTF-8; type=\"application/soap+xml\"\r\n"
                    "Content-Transfer-Encoding: binary\r\nContent-ID: <0.abc@example.org>\r\n\r\n" + envelope +
                    "\r\n--B\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\n"
                    "Content-ID: <1.abc@example.org>\r\n\r\nhello\r\n--B--\r\n")
            headers = {"Content-Type": 'multipart/related; boundary="B"; type="application/xop+xml"; '
                                       'start="<0.abc@example.org>"; start-info="application/soap+xml"; '
                                       'action="urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"'}
            request = urllib.request.Request(portal.ready["xdr_url"], body.encode(), headers)
            with urllib.request.urlopen(request, context=tls) as answer:
                response = xml.fromstring(answer.read()).find("s:Body/rs:RegistryResponse", SPACES)
            self.assertTrue(response.get("status").endswith(":Success"), xml.tostring(response))
            # Half of it is a fault, and no crash.
            broken = urllib.request.Request(portal.ready["xdr_url"], body[:len(body) // 2].encode(), headers)
            with self.assertRaises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(broken, context=tls)
            self.assertEqual(refused.exception.code, 400)
            fault = xml.fromstring(refused.exception.read()).find("s:Body/s:Fault", SPACES)
            self.assertEqual(fault.find("s:Code/s:Value", SPACES).text.split(":")[1], "Sender")
            # Without a certificate nothing is even asked for.
            stranger = ssl.create_default_context(cafile=portal.ready["ca_file"])
            with self.assertRaises((ssl.SSLError, ConnectionError, urllib.error.URLError)):
                urllib.request.urlopen(request, context=stranger).read()


if __name__ == "__main__":
    unittest.main()
