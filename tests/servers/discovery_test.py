#!/usr/bin/python3
"""The cases of the Direct Certificate Discovery Tool, D1 to D18 and H1 to H4, published on real servers.

    discovery_test.py DISCOVERY_TOOL BLUEBRIDGE_PKI bind|knot

What is published is made by bluebridge-pki. What the servers hold is asked of dig and ldapsearch too.
"""
import base64
import hashlib
import json
import re
import subprocess
import sys

import servers
from discovery_servers import published
from servers import der

TOOL, PKI, DNS = sys.argv[1:]
ZONE = "direct.test"

# Of certificates that may not be used: what is wrong with the only one.
FAULTS = {"wrong-name": "wrong_name", "wildcard": "wrong_name", "not-yet-valid": "not_yet_valid",
          "foreign-anchor": "no_path", "rsa-1024": "weak_key", "revoked": "revoked", "sign-only": "wrong_use",
          "authority": "is_authority", "bad-aia": "no_path"}

# Beyond the cases: an alias, a directory on an address that none listens at, and both kinds at one name.
MORE = {"X1": f"x1@barrier.{ZONE}", "X2": f"x2@x2.{ZONE}", "X3": f"x3@x3.{ZONE}"}
HOST = f"h0@h0.{ZONE}"  # whose certificates stand in the place of each other


def domain(case):
    return f"{case.lower()}.{ZONE}"


def records(made):
    def cert(name, owner):
        return servers.cert_record(name, der(made.pki / f"{owner}.crt"))
    text = f"x1.barrier.{ZONE}. IN CNAME barrier.{ZONE}.\nldap6.{ZONE}. IN AAAA ::1\n"
    directory = made.ldap_ports[0]
    for priority, port, host in [(0, made.dead_port, "ldap6"), (1, directory, "nowhere"), (2, directory, "ldap")]:
        text += f"_ldap._tcp.{domain('x2')}. IN SRV {priority} 5 {port} {host}.{ZONE}.\n"
    text += cert(f"x3.{domain('x3')}", domain("x3")) + cert(f"x3.{domain('x3')}", MORE["X3"])
    text += cert(f"h0.{domain('h0')}", domain("h0")) + cert(domain("h0"), HOST)
    return text + f"several.{ZONE}. IN A 127.0.0.1\nseveral.{ZONE}. IN A 127.0.0.2\n"


def entries(made):
    return (f"\ndn: cn=x2,o=First\nobjectClass: inetOrgPerson\ncn: x2\nsn: x2\nmail: {domain('x2')}\n"
            f"userCertificate;binary:: {base64.b64encode(der(made.pki / (domain('x2') + '.crt'))).decode()}\n")


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
    for type_, name, count in [("MX", domain("D1"), 1), ("A", "several." + ZONE, 2), ("AAAA", "ldap6." + ZONE, 1),
                               ("SRV", "_ldap._tcp." + domain("D15"), 2), ("A", "nowhere." + ZONE, 0)]:
        dig = subprocess.run([servers.program("dig"), "+short", "@127.0.0.1", "-p", str(port), name, type_],
                             capture_output=True, text=True, check=True).stdout
        ours = subprocess.run([TOOL, "ask", type_], input=json.dumps({"dns": port, "names": [name]}),
                              capture_output=True, text=True, check=True).stdout
        assert sorted(ours.splitlines()) == sorted(dig.splitlines()) and len(ours.splitlines()) == count, (ours, dig)


def by_ldapsearch(url, bases, mail):
    found = set()
    for base in bases:
        done = subprocess.run([servers.program("ldapsearch"), "-x", "-LLL", "-o", "ldif-wrap=no", "-H", url, "-b", base,
                               f"(&(mail={mail})(|(userCertificate;binary=*)(userCertificate=*)))"],
                              capture_output=True, text=True)
        found |= {sha256(base64.b64decode(line.split("::")[1])) for line in done.stdout.splitlines()
                  if line.startswith("userCertificate;binary::")}
    return found


def check_senders(found, want):
    for case, sha256s in want.items():
        assert found[case]["certificates"] == sha256s, (case, json.dumps(found[case], indent=1))


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
    assert found["D1"]["steps"][0]["is_over_tcp"] is not is_large  # it has more than 512 bytes, less than 1,232
    assert found["D14"]["steps"][0]["is_over_tcp"]
    for case, port in [("D15", directories[0].port), ("D16", directories[1].port)]:
        assert [step["server"] for step in steps(case, "connection")] == [f"ldap 127.0.0.1:{port}"], case
    assert faults("D17") == [("revoked",), ("revoked",)]
    assert faults("D18") == [("expired",), ("no_path",)]
    for case, fault in FAULTS.items():
        assert faults(case) == [(fault,)], (case, faults(case))
    assert found["X1"]["steps"][0]["notes"] == [f"an alias of barrier.{ZONE}"]
    assert found["X3"]["place"] == "dns-address"

    # The servers' own word for it.
    if DNS == "bind":
        assert re.search(r"query: d14\.d14\.direct\.test IN CERT \S*T", log), "BIND saw no query over TCP"
        assert re.search(r"query: d14\.d14\.direct\.test IN CERT [-+]+ ", log), "BIND saw no query over UDP first"
        d1 = [line for line in log.splitlines() if "d1.direct.test" in line and "query:" in line]
        assert d1 and all("d1.d1." in line for line in d1), d1
    for directory in directories:
        text = directory.log()
        assert 'BIND dn="" method=128' in text and not re.search(r'BIND dn="[^"]', text)
    assert re.search(r'SRCH base="o=Second" scope=2 deref=0 filter="\(&\(mail=d3@d3\.direct\.test\)'
                     r'\(\|\(userCertificate;binary=\*\)\(userCertificate=\*\)\)\)"', directories[0].log())
    assert "@d15." not in directories[1].log() and "@d16." not in directories[0].log()


def check_hosting(found):
    """The cases themselves are published as H1 to H4 ask, each in one place alone; others are not."""
    for case, id_ in [("D9", "H1"), ("D2", "H2"), ("D3", "H3"), ("D4", "H4")]:
        met = [one for one, word in found[case]["hosting"].items() if word == "met"]
        assert met == [id_], (case, found[case]["hosting"])
    for case in ("H0", "D7", "D8"):
        assert "met" not in found[case]["hosting"].values(), found[case]["hosting"]
    words = found["H0"]["hosting"]
    assert "bound to the domain" in words["H1"] and "bound to the address" in words["H2"], words
    assert "valid until" in found["D7"]["hosting"]["H3"] and "valid until" in found["D8"]["hosting"]["H4"], found


def check_oracles(found, dns_port, directories, bases):
    for case in ["D1", "D9", "D14", "D17"]:
        seen = by_dig(dns_port, f"{case.lower()}.{domain(case)}")
        assert seen and seen == candidates(found[case], "dns-address"), case
    assert by_dig(dns_port, domain("D2")) == candidates(found["D2"], "dns-domain")
    for case, mail, place in [("D3", f"d3@{domain('D3')}", "ldap-address"), ("D4", domain("D4"), "ldap-domain"),
                              ("D7", f"d7@{domain('D7')}", "ldap-address")]:
        seen = by_ldapsearch(directories[0].url, bases, mail)
        assert seen and seen == candidates(found[case], place), case


def main():
    owners = [word for owner in (MORE["X3"], HOST) for word in ("--address", owner, "--domain", owner.split("@")[1])]
    with published(DNS, PKI, ZONE, "--domain", domain("x2"), *owners, records=records, entries=entries) as made:
        addresses = {**{case["id"]: case["address"] for case in made.cases}, **MORE}
        want = {case["id"]: [one["sha256"] for one in case["certificates"] if one["use"]] for case in made.cases}
        want["X1"] = want["barrier"]
        for case, owner in [("X2", domain("x2")), ("X3", MORE["X3"])]:
            want[case] = [sha256(der(made.pki / f"{owner}.crt"))]

        question = {"dns": made.dns.port, "anchors": ["root", "intermediate"], "addresses": list(addresses.values())}
        for seed, edns_bytes in [("1", 0), ("2", 0), ("3", 4096)]:
            answers = tool("discover", made.pki, {**question, "seed": seed, "edns_bytes": edns_bytes})
            found = dict(zip(addresses, answers))
            check_senders(found, want)
            check_steps(found, made.dns.log(), made.directories, made.dead_port, is_large=edns_bytes > 0)
            check_oracles(found, made.dns.port, made.directories, made.bases)
        check_records(made.dns.port)
        hosts = {"H0": HOST, **{case: addresses[case] for case in ("D2", "D3", "D4", "D7", "D8", "D9")}}
        question.update(addresses=list(hosts.values()), everywhere=True)
        check_hosting(dict(zip(hosts, tool("discover", made.pki, question))))
    print(f"{len(want)} ways to publish for senders, {len(hosts)} for hosts, on {DNS} and slapd")


main()
