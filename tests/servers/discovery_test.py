#!/usr/bin/python3
"""The cases of the Direct Certificate Discovery Tool, D1 to D18 and H1 to H4, published on real servers.

    discovery_test.py DISCOVERY_TOOL bind|knot

Each case has a domain of its own. What the servers hold is asked of dig and ldapsearch too.
"""
import base64
import contextlib
import functools
import hashlib
import http.server
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import threading

import servers

TOOL, DNS = sys.argv[1:]
ZONE = "direct.test"
BASES = ["dc=direct,dc=test", "o=Second"]


def domain(case):
    return f"{case.lower()}.{ZONE}"


def address(case):
    return f"alice@{domain(case)}"


class World:
    """What is published, and where."""

    def __init__(self, http_port, ldap_ports):
        self.http_port, self.ldap_ports = http_port, ldap_ports
        self.certificates = [{"name": "authority", "authority": True, "until_days": 300},
                             {"name": "stranger", "authority": True, "until_days": 300}]
        self.lists, self.cert_records, self.srv_records, self.aliases = [], [], [], []
        self.entries = {0: [], 1: []}  # of a directory: (mail, certificate, number of its base)

    # Certificates.

    def certificate(self, name, issuer="authority", **more):
        self.certificates.append({"name": name, "issuer": issuer, **more})
        return name

    def of_address(self, case, name="good", **more):
        return self.certificate(f"{case}-{name}", addresses=[address(case)], common_name=address(case), **more)

    def of_domain(self, case, name="good-domain", **more):
        return self.certificate(f"{case}-{name}", domains=[domain(case)], common_name=domain(case), **more)

    def url(self, file):
        return f"http://127.0.0.1:{self.http_port}/{file}"

    # Where they stand.

    def in_dns(self, name, *certificates):
        self.cert_records += [(name, certificate) for certificate in certificates]

    def at_address(self, case, *certificates):
        self.in_dns("alice." + domain(case), *certificates)

    def at_domain(self, case, *certificates):
        self.in_dns(domain(case), *certificates)

    def srv(self, case, priority=0, weight=5, port=None, host="ldap"):
        self.srv_records.append(f"_ldap._tcp.{domain(case)}. IN SRV {priority} {weight} "
                                f"{port or self.ldap_ports[0]} {host}.{ZONE}.")

    def in_ldap(self, mail, certificate, directory=0, base=0):
        self.entries[directory].append((mail, certificate, base))

    # As files.

    def zone(self, folder):
        lines = ["$TTL 60", f"@ IN SOA ns.{ZONE}. root.{ZONE}. 1 60 60 60 60", f"@ IN NS ns.{ZONE}.",
                 "ns IN A 127.0.0.1", "ldap IN A 127.0.0.1", "ldap6 IN AAAA ::1",
                 "@ IN MX 20 second", "@ IN MX 10 first", "several IN A 127.0.0.1", "several IN A 127.0.0.2"]
        for name, certificate in self.cert_records:
            bytes_ = (folder / f"{certificate}.der").read_bytes()
            lines.append(f"{name}. IN CERT PKIX 0 0 {base64.b64encode(bytes_).decode()}")
        return "\n".join(lines + self.aliases + self.srv_records) + "\n"

    def ldif(self, directory, folder):
        texts = [f"dn: {BASES[0]}\nobjectClass: dcObject\nobjectClass: organization\no: Direct\ndc: direct\n",
                 f"dn: {BASES[1]}\nobjectClass: organization\no: Second\n"]
        for number, (mail, certificate, base) in enumerate(self.entries[directory]):
            bytes_ = (folder / f"{certificate}.der").read_bytes()
            texts[base] += (f"\ndn: cn={number},{BASES[base]}\nobjectClass: inetOrgPerson\ncn: {number}\nsn: {number}\n"
                            f"mail: {mail}\nuserCertificate;binary:: {base64.b64encode(bytes_).decode()}\n")
        return texts


def publish(world, dead_port):
    """The rows of the catalogue; the answer is what a sender has to end with."""
    w, want = world, {}
    old = {"from_days": -30, "until_days": -1}

    want["D1"] = w.of_address("D1")
    w.at_address("D1", want["D1"])
    w.at_domain("D1", w.of_domain("D1", "expired", **old))
    w.srv("D1")
    w.in_ldap(address("D1"), w.of_address("D1", "expired-too", **old))

    want["D2"] = w.of_domain("D2")
    w.at_domain("D2", want["D2"])
    w.at_address("D2", w.of_address("D2", "expired", **old))

    want["D3"] = w.of_address("D3")
    w.at_address("D3", w.of_address("D3", "of-a-stranger", issuer="stranger"))
    w.srv("D3")
    w.in_ldap(address("D3"), want["D3"], base=1)

    want["D4"] = w.of_domain("D4")
    w.srv("D4")
    w.in_ldap(domain("D4"), want["D4"])

    want["D5"] = want["D6"] = want["D7"] = want["D8"] = None
    w.at_address("D5", w.of_address("D5", "expired", **old))
    w.at_domain("D6", w.of_domain("D6", "expired", **old))
    w.srv("D7")
    w.in_ldap(address("D7"), w.of_address("D7", "expired", **old))
    w.srv("D8")
    w.in_ldap(domain("D8"), w.of_domain("D8", "expired", **old))

    want["D9"] = w.of_address("D9")
    w.at_address("D9", w.of_address("D9", "expired", **old), want["D9"],
                 w.of_address("D9", "early", from_days=1), w.of_address("D9", "of-a-stranger", issuer="stranger"))

    want["D10"] = w.of_address("D10")
    w.srv("D10", priority=0, port=dead_port)
    w.srv("D10", priority=1)
    w.in_ldap(address("D10"), want["D10"])

    want["D11"] = want["D12"] = want["D13"] = None
    w.srv("D12", port=dead_port)
    w.srv("D13")

    want["D14"] = w.of_address("D14", key="rsa4096")
    w.at_address("D14", want["D14"])

    want["D15"] = w.of_address("D15", "first")
    w.srv("D15", priority=10, port=w.ldap_ports[0])
    w.srv("D15", priority=20, weight=100, port=w.ldap_ports[1])
    w.in_ldap(address("D15"), want["D15"], directory=0)
    w.in_ldap(address("D15"), w.of_address("D15", "second"), directory=1)

    want["D16"] = w.of_address("D16", "heavy")
    w.srv("D16", weight=0, port=w.ldap_ports[0])
    w.srv("D16", weight=100, port=w.ldap_ports[1])
    w.in_ldap(address("D16"), w.of_address("D16", "light"), directory=0)
    w.in_ldap(address("D16"), want["D16"], directory=1)

    listed = {"crl_urls": [w.url("authority.crl")]}
    want["D17"] = w.of_address("D17", **listed)
    revoked = [w.of_address("D17", "revoked", **listed), w.of_address("D17", "revoked-too", **listed)]
    w.at_address("D17", revoked[0], want["D17"], revoked[1])
    w.lists.append({"name": "authority", "issuer": "authority", "revoked": revoked})

    w.certificate("between", authority=True, until_days=300)
    w.certificate("lost", authority=True, until_days=300)
    want["D18"] = w.of_address("D18", issuer="between", issuer_urls=[w.url("between.der")])
    w.at_address("D18", w.of_address("D18", "expired", **old), want["D18"],
                 w.of_address("D18", "no-issuer", issuer="lost", issuer_urls=[w.url("nowhere.der")]))

    # Beyond the cases: an alias, a directory on an address that none listens at, and both kinds at one name.
    want["X1"] = w.of_address("X1")
    w.in_dns(f"real.{ZONE}", want["X1"])
    w.aliases.append(f"alice.{domain('X1')}. IN CNAME real.{ZONE}.")
    want["X2"] = w.of_address("X2")
    w.srv("X2", priority=0, host="ldap6", port=dead_port)
    w.srv("X2", priority=1, host="nowhere")
    w.srv("X2", priority=2)
    w.in_ldap(address("X2"), want["X2"])
    want["X3"] = w.of_address("X3")
    w.at_address("X3", w.of_domain("X3"), want["X3"])

    # Hosting: each publishes in one way alone.
    w.at_address("H1", w.of_address("H1"))
    w.at_domain("H2", w.of_domain("H2"))
    w.srv("H3")
    w.in_ldap(address("H3"), w.of_address("H3"))
    w.srv("H4")
    w.in_ldap(domain("H4"), w.of_domain("H4"))
    # And wrong ones in every place: of the other kind, or expired.
    w.at_address("H0", w.of_domain("H0"))
    w.at_domain("H0", w.of_address("H0"))
    w.srv("H0")
    w.in_ldap(address("H0"), w.of_address("H0", "expired", **old))
    w.in_ldap(domain("H0"), w.of_domain("H0", "expired-domain", **old))
    return want


def tool(verb, folder, request):
    done = subprocess.run([TOOL, verb, str(folder)], input=json.dumps(request), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def sha256(bytes_):
    return hashlib.sha256(bytes_).hexdigest()


def candidates(discovery, place):
    return {candidate["sha256"] for step in discovery["steps"] if step["place"] == place
            for candidate in step["candidates"]}


def by_dig(port, name):
    """The certificates at a name, as dig reads them."""
    done = subprocess.run([servers.program("dig"), "+short", "+tcp", "@127.0.0.1", "-p", str(port), name, "CERT"],
                          capture_output=True, text=True, check=True)
    return {sha256(base64.b64decode("".join(line.split()[3:]))) for line in done.stdout.splitlines()
            if re.match(r"(PKIX|1) ", line)}


def check_records(port):
    """Every other kind of record, by dig's word."""
    for type_, name, count in [("MX", ZONE, 2), ("A", "several." + ZONE, 2), ("AAAA", "ldap6." + ZONE, 1),
                               ("SRV", "_ldap._tcp." + domain("D15"), 2), ("A", "nowhere." + ZONE, 0)]:
        dig = subprocess.run([servers.program("dig"), "+short", "@127.0.0.1", "-p", str(port), name, type_],
                             capture_output=True, text=True, check=True).stdout
        ours = subprocess.run([TOOL, "ask", type_], input=json.dumps({"dns": port, "names": [name]}),
                              capture_output=True, text=True, check=True).stdout
        assert sorted(ours.splitlines()) == sorted(dig.splitlines()) and len(ours.splitlines()) == count, (ours, dig)


def by_ldapsearch(url, mail):
    found = set()
    for base in BASES:
        done = subprocess.run([servers.program("ldapsearch"), "-x", "-LLL", "-o", "ldif-wrap=no", "-H", url, "-b", base,
                               f"(&(mail={mail})(|(userCertificate;binary=*)(userCertificate=*)))"],
                              capture_output=True, text=True)
        found |= {sha256(base64.b64decode(line.split("::")[1])) for line in done.stdout.splitlines()
                  if line.startswith("userCertificate;binary::")}
    return found


def check_senders(found, want, folder):
    for case, name in want.items():
        expected = [] if name is None else [sha256((folder / f"{name}.der").read_bytes())]
        assert found[case]["certificates"] == expected, (case, json.dumps(found[case], indent=1))


def check_steps(found, log, directories, dead_port, is_large):
    def steps(case, kind):
        return [step for step in found[case]["steps"] if step["kind"] == kind]

    def faults(case):
        return sorted(tuple(candidate["faults"]) for step in found[case]["steps"] for candidate in step["candidates"]
                      if not candidate["is_used"])

    assert found["D1"]["place"] == "dns-address" and len(found["D1"]["steps"]) == 1
    assert found["D2"]["place"] == "dns-domain"
    assert found["D3"]["place"] == "ldap-address" and faults("D3") == [("no_path",)]
    assert found["D4"]["place"] == "ldap-domain"
    for case in ["D5", "D6", "D7", "D8"]:
        assert faults(case) == [("expired",)], case
    assert faults("D9") == [("expired",), ("no_path",), ("not_yet_valid",)]
    dead, alive = steps("D10", "connection")
    assert f":{dead_port}" in dead["server"] and "refused" in dead["problem"].lower(), dead
    assert alive["problem"] == ""
    assert "no SRV record" in found["D11"]["steps"][-1]["found"] or "no such name" in found["D11"]["steps"][-1]["found"]
    assert steps("D12", "connection")[0]["problem"] and not steps("D12", "entries")
    assert [step["found"] for step in steps("D13", "entries")] == ["0 entries"] * 4
    assert found["D14"]["steps"][0]["is_over_tcp"] is not is_large  # it has more than 512 bytes, less than 1,500
    for case, port in [("D15", directories[0].port), ("D16", directories[1].port)]:
        assert [step["server"] for step in steps(case, "connection")] == [f"ldap 127.0.0.1:{port}"], case
    assert faults("D17") == [("revoked",), ("revoked",)]
    assert faults("D18") == [("expired",), ("no_path",)]
    assert found["X1"]["steps"][0]["notes"] == [f"an alias of real.{ZONE}"]
    assert found["X3"]["place"] == "dns-address"

    # The servers' own word for it.
    if DNS == "bind":
        assert re.search(r"query: alice\.d14\.direct\.test IN CERT \S*T", log), "BIND saw no query over TCP"
        assert re.search(r"query: alice\.d14\.direct\.test IN CERT [-+]+ ", log), "BIND saw no query over UDP first"
        d1 = [line for line in log.splitlines() if "d1.direct.test" in line and "query:" in line]
        assert d1 and all("alice.d1." in line for line in d1), d1
    for directory in directories:
        text = directory.log()
        assert 'BIND dn="" method=128' in text and not re.search(r'BIND dn="[^"]', text)
    assert re.search(r'SRCH base="o=Second" scope=2 deref=0 filter="\(&\(mail=alice@d3\.direct\.test\)'
                     r'\(\|\(userCertificate;binary=\*\)\(userCertificate=\*\)\)\)"', directories[0].log())
    assert "@d15." not in directories[1].log() and "@d16." not in directories[0].log()


def check_hosting(found):
    for case in ["H1", "H2", "H3", "H4"]:
        met = [id_ for id_, word in found[case]["hosting"].items() if word == "met"]
        assert met == [case], (case, found[case]["hosting"])
    words = found["H0"]["hosting"]
    assert "met" not in words.values(), words
    assert "bound to the domain" in words["H1"] and "bound to the address" in words["H2"], words
    assert "valid until" in words["H3"] and "valid until" in words["H4"], words


def check_oracles(found, dns_port, directories):
    for case in ["D1", "D9", "D14", "D17"]:
        seen = by_dig(dns_port, "alice." + domain(case))
        assert seen and seen == candidates(found[case], "dns-address"), case
    assert by_dig(dns_port, domain("D2")) == candidates(found["D2"], "dns-domain")
    for case, mail, place in [("D3", address("D3"), "ldap-address"), ("D4", domain("D4"), "ldap-domain"),
                              ("D7", address("D7"), "ldap-address")]:
        seen = by_ldapsearch(directories[0].url, mail)
        assert seen and seen == candidates(found[case], place), case


@contextlib.contextmanager
def pages(folder):
    handler = functools.partial(type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None}),
                                directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


def main():
    for name in [{"bind": "named", "knot": "knotd"}[DNS], "slapd", "slapadd", "dig", "ldapsearch"]:
        servers.program(name)
    with contextlib.ExitStack() as stack:
        below = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bb-discovery-")))
        below.chmod(0o755)
        folder = below / "pki"
        folder.mkdir()
        http_port = stack.enter_context(pages(folder))
        ldap_ports, dead_port = [servers.free_port(), servers.free_port()], servers.free_port()
        world = World(http_port, ldap_ports)
        want = publish(world, dead_port)
        tool("pki", folder, {"certificates": world.certificates, "lists": world.lists})
        directories = [stack.enter_context(servers.slapd(below, f"slapd{i}", BASES, world.ldif(i, folder), ldap_ports[i]))
                       for i in (0, 1)]
        dns = stack.enter_context({"bind": servers.bind, "knot": servers.knot}[DNS](below, ZONE, world.zone(folder)))

        question = {"dns": dns.port, "anchors": ["authority"], "addresses": [address(case) for case in want]}
        for seed, edns_bytes in [("1", 0), ("2", 0), ("3", 4096)]:
            found = dict(zip(want, tool("discover", folder, {**question, "seed": seed, "edns_bytes": edns_bytes})))
            check_senders(found, want, folder)
            check_steps(found, dns.log(), directories, dead_port, is_large=edns_bytes > 0)
            check_oracles(found, dns.port, directories)
        check_records(dns.port)
        hosts = ["H0", "H1", "H2", "H3", "H4"]
        question.update(addresses=[address(case) for case in hosts], everywhere=True)
        check_hosting(dict(zip(hosts, tool("discover", folder, question))))
    print(f"{len(want)} ways to publish for senders, {len(hosts)} for hosts, on {DNS} and slapd")


main()
