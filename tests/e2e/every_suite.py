"""The suites that one `bluebridge run` takes on the sample portal, whose roles, inputs and people do not contradict each other,
and the target that serves them all."""
import json
import pathlib

import peers

SUITES = peers.SOURCE / "conformance" / "suites"
PERSON = pathlib.Path(__file__).parent / "smart_person.py"
BACK = "http://127.0.0.1/callback"
ACCOUNTS = ("alice", "carol", "ruth", "bruno", "nora")
# Of samples/records, read by hand.
FACTS = {
    "alice": {"full_name": "Alice Jones Newman", "family_name": "Newman", "birth_date": "1970-05-01",
              "birth_date_shown": "01 May 1970", "facts": ["Hemoglobin [Mass/volume] in Blood", "Thyrotropin", "Body weight"]},
    "bruno": {"full_name": "Bruno Little", "family_name": "Little", "birth_date": "1999-12-31",
              "birth_date_shown": "31 Dec 1999", "facts": ["Otitis media"]},
    "carol": {"family_name": "carol", "role": "caregiver"}, "ruth": {"family_name": "ruth", "role": "caregiver"},
    "nora": {"role": "staff"}}
HOLDER = ("pledge.data_holder", "outputs.ccda", "outputs.copies", "outputs.fhir", "outputs.html", "outputs.pdf", "outputs.text",
          "portal.accessibility", "logo", "tls", "cms.ecosystem", "fhir.us_core", "fhir.carin_bb", "fhir.smart",
          "fhir.service_base_urls",
          "portal.functions")  # the last: it guesses passwords until the portal wants to be left alone for a minute


def people(variables):
    """The people of samples/records/people.yaml, who have passwords."""
    return {account: peers.person(account, variable, record=account, **({"patient": account} if account in ("alice", "bruno") else {}),
                                  **FACTS[account]) for account, variable in zip(ACCOUNTS, variables)}


def portal_arguments(keys):
    """Of bluebridge-portal, for the group of holder(). `keys` is a folder with fhir_smart_test.make_applications()."""
    return ["--cleartext", "--clients", keys / "clients.yaml"]


def holder(ready, keys):
    """The target of a holder of data with a portal, APIs for applications and pages: the suites of HOLDER."""
    def port(url):
        return int(url.rsplit(":", 1)[1].split("/")[0])

    def app(client_id, **more):
        return {"connector": "org.bluebridge.rest.fhir", "redirect_uri": BACK, "method": "user_redirect", "ca_file": ready["ca_file"],
                "secrets": more.pop("secrets", {}), "config": {"base_url": ready["fhir"], "client_id": client_id, **more}}

    def service(key, algorithm):
        return app("service", authentication="private_key_jwt", signing_algorithm=algorithm, key_id=key, scopes="system/Patient.rs",
                   secrets={"private_key": {"file": str(keys / f"{key}.pem")}})

    trusted = {"ca_file": ready["ca_file"]}
    base = {"config": {"base_url": ready["url"]}, **trusted}
    roles = {
        "portal": {"connector": "org.bluebridge.rest.portal", **trusted, "allow_cleartext": True,
                   "config": {"base_url": ready["url"], "cleartext_base_url": ready["cleartext_url"]}},
        "inbox": {"connector": "org.bluebridge.rest.inbox", "config": {"inbox_url": ready["inbox"]}, **trusted},
        "site": {"connector": "org.bluebridge.rest.pages", **base},
        "members": {"connector": "org.bluebridge.rest.member-pages", **base},
        "host": {"connector": "org.bluebridge.tls.host", **trusted, "allow_network": True, "allow_cleartext": True,
                 "config": {"host": "127.0.0.1", "port": port(ready["url"]), "cleartext_port": port(ready["cleartext_url"])}},
        "server": app("app"), "with_es384_key": service("es384", "ES384"), "with_rs384_key": service("rs384", "RS384"),
        "with_secret": app("app-with-secret", authentication="client_secret_basic", secrets={"client_secret": {"file": str(keys / "secret")}}),
        "reader": {"connector": "org.bluebridge.rest.fhir", "config": {"base_url": ready["fhir"]}, **trusted}}
    return {"format": "bluebridge-target/1", "target": "sample-portal", "title": "Sample portal", "version": "1", "environment": "test",
            "profile": {"role": "data-holder", "holder": "provider", "content": ["complete", "visit"]}, "roles": roles,
            "patients": {**people(peers.passwords(ACCOUNTS)), "service": {"method": "client_credentials", "role": "staff"}},
            "inputs": {"service": "service", "page": "/sign-in", "url": ready["service_base_urls"], "provider": "Sample Hospital",
                       "place": "Portland"},
            "options": {"everything": "offered", "summary": "offered"}}


def questions(suites):
    """What the suites attest, as an answers file names it."""
    import yaml  # not everybody who imports this asks

    found = []

    def walk(nodes, prefix):
        for name, node in nodes.items():
            if "tests" in node:
                walk(node["tests"], f"{prefix}{name}.")
            elif any("attest" in step for step in node.get("steps", [])):
                found.append(prefix + name)

    for suite in suites:
        walk(yaml.safe_load((SUITES / f"{suite}.yaml").read_text())["tests"], f"{suite}/")
    return found


def environment(ready):
    """Variables of a run: passwords, and what the person in a browser needs."""
    return {**peers.passwords(ACCOUNTS), "PORTAL_CA": str(ready["ca_file"]), "PORTAL_PASSWORD_BASE": peers.PASSWORD_BASE}


def words(folder, target, suites, *arguments):
    """Of `bluebridge run`, behind the verb."""
    file = folder / "target.yaml"
    file.write_text(json.dumps(target, indent=1))
    # The name of a file is a note, too, where none is asked for.
    (folder / "shown.txt").write_text("Shown in a test.")
    answers = folder / "answers.yaml"
    answers.write_text(json.dumps({
        "format": "bluebridge-answers/1", "by": {"name": "End-to-end test"}, "date": "2026-11-21",
        "answers": {question: {"answer": "yes", "evidence": "shown.txt"} for question in questions(suites)}}))
    return [*(SUITES / f"{suite}.yaml" for suite in suites), "--target", file, "--answers", answers,
            "--browser", PERSON, *arguments]
