#!/usr/bin/python3
"""The suite direct.discovery with the sample portal as system under test, on real name servers and directories.

    discovery_suite_test.py bind|knot clean|defects

`clean`: all cases end as the catalogue says. `defects`: each mistake of a sender is noticed by its case.
"""
import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "e2e"))
import direct_peers
import peers
import servers
from discovery_servers import published

DNS, PART = sys.argv[1:]
SUITE = peers.SOURCE / "conformance" / "suites" / "direct.discovery.yaml"
DOMAIN = "discovery.test"
OWN_DOMAIN = f"sut.{DOMAIN}"
OWN_ADDRESS = f"alice@{OWN_DOMAIN}"
BOX = f"harness@barrier.{DOMAIN}"
UNUSABLE = ["wrong_name", "wildcard", "not_yet_valid", "rsa_1024", "sign_only", "authority",
            "untrusted[foreign-anchor]", "untrusted[revoked]", "untrusted[bad-aia]"]

# What a sender with this defect is seen to do wrong, and what it still does right. Written from the catalogue.
DEFECTS = {
    "direct-sends-unencrypted": (["d1"], ["d11"]),
    "direct-ignores-domain-certificates": (["d2", "d4"], ["d1"]),
    "direct-asks-dns-only": (["d3", "d4", "d10", "d15", "d16"], ["d2"]),
    "direct-asks-udp-only": (["d14"], ["d1"]),
    "direct-asks-first-directory-only": (["d10"], ["d3"]),
    "direct-ignores-srv-priority": (["d15"], ["d10", "d16"]),
    "direct-ignores-srv-weight": (["d16"], ["d10", "d15"]),
    "direct-uses-expired-recipient": (["d5", "d6", "d7", "d8"], ["d9", "d11"]),
    "direct-sends-without-certificate": (["d5", "d6", "d7", "d8", "d11", "d12", "d13", *UNUSABLE], ["d1"]),
    "direct-stops-at-bad-certificate": (["d9"], ["d1"]),
    "direct-ignores-revocation": (["d17", "untrusted[revoked]"], ["d9"]),
    "direct-no-aia": (["d18"], ["d17"]),
    "direct-domain-first": (["both"], ["d1", "d2"]),
}


def target(pki, ports, ready):
    direct = {"connector": "org.bluebridge.direct.inbox", "allow_network": True, "allow_cleartext": True,
              "ca_file": str(pki / "root.crt"),
              "config": {"host": "localhost", "port": ports["imap"], "user": "harness", "password": "mail",
                         "address": BOX, "identity": {"secret": "identity"}, "keys": {"secret": "keys"},
                         "anchors": {"secret": "anchors"}, "resolver": {"host": "127.0.0.1", "port": ports["dns"]}},
              "secrets": {"mail": {"file": str(pki / "password")}, "identity": {"file": str(pki / f"{BOX}.pem")},
                          "keys": {"file": str(pki / "discovery" / "identities.pem")},
                          "anchors": {"file": str(pki / "anchors.crt")}}}
    return {"format": "bluebridge-target/1", "target": "sender", "roles": {
                "portal": {"connector": "org.bluebridge.rest.portal", "config": {"base_url": ready["url"]},
                           "ca_file": ready["ca_file"]},
                "inbox": direct, "peer": direct},
            "patients": {"alice": peers.person("alice", "BB_TEST_PASSWORD_0")},
            "inputs": {"domain": DOMAIN, "address": OWN_ADDRESS}}


class World:
    """The published cases; each run has a mail room and a portal of its own."""

    def __init__(self, made):
        self.made, self.runs = made, 0

    def run(self, *options, defect=None, address=OWN_ADDRESS):
        """The outcome of each test, and the report."""
        self.runs += 1
        pki = self.made.pki
        folder = pki / f"run-{self.runs}"
        folder.mkdir()
        (folder / "nothing.yaml").write_text("records:\n  - {name: mail.test, type: A, address: 127.0.0.1}\n")
        domains = ",".join("@" + case["address"].split("@")[1] for case in self.made.cases)
        with direct_peers.mail_room(pki, folder / "nothing.yaml", f"harness:secret={domains}",
                                    f"portal:secret=@{OWN_DOMAIN}") as room:
            ports = {**room.ready, "dns": self.made.dns.port}
            # Without lists at hand: they are fetched from where certificates say.
            with direct_peers.portal(pki, OWN_DOMAIN, ports, user="portal", lists=(), defect=defect) as sut:
                file = folder / "target.json"
                file.write_text(json.dumps(target(pki, ports, sut.ready)))
                process = peers.bluebridge("run", SUITE, "--target", file, "--out", folder / "runs", "--input",
                                           f"address={address}", *options, **peers.passwords(["alice"]))
                run, report = peers.only_run(folder, process)
        return {test["name"].split("/", 1)[-1]: test for test in report["tests"]}, report, run

    def outcomes(self, names, *options, **how):
        filters = [word for name in names for word in ("--filter", f"direct.discovery/{name.split('[')[0]}*"
                                                      if "[" in name else f"direct.discovery/{name}")]
        tests, _, _ = self.run(*filters, *options, **how)
        return {name: tests[name] for name in names}


class Responder:
    """An authority by the openssl command whose OCSP responder knows one certificate as good and one as revoked."""

    def __init__(self, folder):
        self.folder, self.port = folder, servers.free_port()
        folder.mkdir()
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=OCSP Root", "-keyout",
                     "ca.key", "-out", "ca.crt")
        index = []
        for serial, (name, state) in enumerate([("ocsp-good", "V\t400101000000Z\t"),
                                                ("ocsp-revoked", "R\t400101000000Z\t200101000000Z")], 0x1000):
            (folder / "ext").write_text(f"subjectAltName=DNS:{name}.{DOMAIN}\n"
                                        "keyUsage=digitalSignature,keyEncipherment\n"
                                        f"authorityInfoAccess=OCSP;URI:http://127.0.0.1:{self.port}/\n")
            self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", f"{name}.key",
                         "-out", "csr")
            self.openssl("x509", "-req", "-in", "csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-set_serial", str(serial),
                         "-days", "1", "-extfile", "ext", "-outform", "DER", "-out", f"{name}.der")
            index.append(f"{state}\t{serial:X}\tunknown\t/CN={name}\n")
        (folder / "index").write_text("".join(index))

    def openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    def records(self):
        return "".join(servers.cert_record(f"{name}.{DOMAIN}", (self.folder / f"{name}.der").read_bytes())
                       for name in ("ocsp-good", "ocsp-revoked"))

    def run(self):
        return servers.Server(self.folder, [servers.program("openssl"), "ocsp", "-index", "index", "-port",
                                            str(self.port), "-rsigner", "ca.crt", "-rkey", "ca.key", "-CA", "ca.crt",
                                            "-text"], self.is_ready)

    def is_ready(self):
        # Who connects and says nothing keeps it from answering others.
        return "waiting for OCSP client connections" in (self.folder / "log").read_text()


def told(tests):
    return "\n".join(f"{name}: {test['outcome']}: {test.get('cause', '')[:400]}" for name, test in tests.items()
                     if test["outcome"] != "pass")


def check_clean(world):
    tests, report, run = world.run()
    expected = {**{f"d{n}": "pass" for n in range(1, 19)}, **dict.fromkeys(UNUSABLE, "pass"),
                **dict.fromkeys(["sign_in", "directories", "both", "everywhere", "published", "hosting.h2"], "pass"),
                **dict.fromkeys(["hosting.h1", "hosting.h3", "hosting.h4"], "omit")}
    assert {name: test["outcome"] for name, test in tests.items()} == expected, told(tests)
    assert report["verdict"]["word"] == "conformant", report["verdict"]
    mutated = json.loads(peers.bluebridge("suite", "mutate", run, "--json").stdout)
    assert mutated["missed"] == 0 and mutated["noticed"] > 50, mutated
    # The servers' own word for it.
    if DNS == "bind":
        assert f"d14.d14.{DOMAIN} IN CERT" in world.made.dns.log()
    logs = [directory.log() for directory in world.made.directories]
    assert f"mail=d3@d3.{DOMAIN}" in logs[0] and f"mail=d4.{DOMAIN}" in logs[0] and f"mail=d16@d16.{DOMAIN}" in logs[1]
    assert f"d15@d15.{DOMAIN}" not in logs[1] and f"d16@d16.{DOMAIN}" not in logs[0]
    assert f"everywhere@everywhere.{DOMAIN}" not in logs[0]


def check_hosting(world):
    """Whoever publishes: the cases themselves are published as H1 to H4 ask, or not."""
    def one(name, place, id_):
        return world.outcomes(["published", f"hosting.{id_}"], "--option", f"hosts={place}",
                              address=f"{name}@{name}.{DOMAIN}")
    for name, place, id_ in [("d9", "dns-address", "h1"), ("d2", "dns-domain", "h2"), ("d3", "ldap-address", "h3"),
                             ("d4", "ldap-domain", "h4"), ("d18", "dns-address", "h1")]:
        tests = one(name, place, id_)
        assert {test["outcome"] for test in tests.values()} == {"pass"}, (name, told(tests))
    for name, place, id_, outcomes in [("d2", "dns-address", "h1", ["pass", "fail"]),
                                       ("d5", "dns-address", "h1", ["fail", "skip"]),
                                       ("revoked", "dns-address", "h1", ["fail", "skip"]),
                                       ("bad-aia", "dns-address", "h1", ["fail", "skip"]),
                                       ("d13", "ldap-address", "h3", ["fail", "skip"])]:
        tests = one(name, place, id_)
        assert [test["outcome"] for test in tests.values()] == outcomes, (name, told(tests))


def check_ocsp(world, responder):
    """What says that a certificate is revoked is asked by POST, and believed."""
    for name, outcome in [("ocsp-good", "pass"), ("ocsp-revoked", "fail")]:
        test = world.outcomes(["published"], address=f"x@{name}.{DOMAIN}")["published"]
        assert test["outcome"] == outcome, test
        assert outcome == "pass" or "says the OCSP responder" in test["steps"][-1]["message"]["error"], test
    assert responder.log().count("OCSP Request Data") >= 2, responder.log()


def check_without_directories(world):
    tests = world.outcomes(["d1", "d3", "d11"], "--option", "directories=none")
    assert [test["outcome"] for test in tests.values()] == ["pass", "skip", "pass"], told(tests)


def named_by_the_suite():
    """Each defect of the suite, and the tests that say that they notice it."""
    named, test = {}, None
    for line in SUITE.read_text().splitlines():
        if found := re.fullmatch(r"  (\w+):", line):
            test = found[1]
        elif found := re.fullmatch(r"      - \{defect: ([a-z0-9-]+)\}", line):
            named.setdefault(found[1], set()).add(test)
    return named


def check_defects(world):
    for defect, tests in named_by_the_suite().items():
        assert tests <= {name.split("[")[0] for name in DEFECTS[defect][0]}, (defect, tests)
    for defect, (wrong, right) in DEFECTS.items():
        tests = world.outcomes([*wrong, *right], defect=defect)
        seen = {name: test["outcome"] for name, test in tests.items()}
        assert seen == {**dict.fromkeys(wrong, "fail"), **dict.fromkeys(right, "pass")}, (defect, told(tests), seen)


def records(made):
    """Of the system under test, and of the authority with a responder, which is an anchor too."""
    made.responder = Responder(made.below / "ocsp")
    with open(made.pki / "anchors.crt", "a") as anchors:
        anchors.write((made.below / "ocsp" / "ca.crt").read_text())
    return servers.cert_record(OWN_DOMAIN, servers.der(made.pki / f"{OWN_DOMAIN}.crt")) + made.responder.records()


def main():
    with published(DNS, peers.BIN / "bluebridge-pki", DOMAIN, "--domain", OWN_DOMAIN, "--address", BOX,
                   records=records) as made:
        (made.pki / "password").write_text("secret")
        world = World(made)
        if PART == "defects":
            check_defects(world)
        else:
            check_clean(world)
        if PART == "clean" and DNS == "bind":
            check_hosting(world)
            check_without_directories(world)
            with made.responder.run() as responder:
                check_ocsp(world, responder)
    print(f"{world.runs} runs on {DNS} and slapd")


main()
