"""Runs the suite vdt.people against a sample portal that holds the hard patients of samples/people."""
import datetime
import json
import re
import shutil

import peers

SUITE = peers.SOURCE / "conformance" / "suites" / "vdt.people.yaml"
SAMPLES = peers.SOURCE / "samples" / "people"
ANSWERS = peers.SOURCE / "samples" / "targets" / "people.answers.yaml"
SOURCE_KEY = "canary-source-key-51c0"
LONG_COUNT = 400

# What the documents of samples/people state, read by eye.
FACTS = {
    "robin-a": {"identifier": "SAMPLE-1001", "canary": "Quince"},
    "robin-b": {"identifier": "SAMPLE-1002", "canary": "Bergamot"},
    "jana": {"identifier": "SAMPLE-1003", "canary": "Medlar"},
    "jane": {"identifier": "SAMPLE-1004", "canary": "Tamarind"},
    "nora": {"identifier": "SAMPLE-1005", "former_family_name": "Ek", "visit_date": "2018-04-12",
             "visit_facts": ["Sprained ankle", "Ear wax", "Plantar fasciitis"]},
    "nora-ek": {"identifier": "SAMPLE-1006", "canary": "Loquat"},
    "mia": {"identifier": "SAMPLE-1007", "canary": "Rambutan",
            "withheld": ["Confidential counselling", "heliotrope", "Anxiety disorder"]},
    "cleo": {"identifier": "SAMPLE-1008", "canary": "Salak"},
    "theo": {"identifier": "SAMPLE-1010", "canary": "Persimmon"},
}
INPUTS = {"namesake": "robin_a", "other_namesake": "robin_b", "twin": "jana", "other_twin": "jane", "renamed": "nora",
          "bearer": "nora_ek", "minor": "mia", "caregiver": "petra", "helper": "otto", "corrected": "cleo",
          "sharer": "theo", "long": "lars"}


def long_record(document):
    """nora's document as that of Lars, with 400 results over 15 years in the place of hers."""
    head, rest = document.split('<title>Results</title>', 1)
    _, tail = rest.split("</section>", 1)
    rows, entries = [], []
    for number in range(1, LONG_COUNT + 1):
        day = (datetime.date(2009, 6, 1) + datetime.timedelta(days=(number - 1) * 13.7)).isoformat()
        compact, name = day.replace("-", ""), f"Marker {number:03d}"
        code = f'<code nullFlavor="OTH"><originalText>{name}<reference value="#r{number}"/></originalText></code>'
        rows.append(f'<tr><td ID="r{number}">{name}</td><td>{number} mg/dL</td><td>{day}</td></tr>')
        entries.append(
            f'<entry typeCode="DRIV"><organizer classCode="BATTERY" moodCode="EVN">'
            f'<templateId root="2.16.840.1.113883.10.20.22.4.1"/>'
            f'<templateId root="2.16.840.1.113883.10.20.22.4.1" extension="2015-08-01"/>'
            f'<id root="2.999.77" extension="p{number}"/>{code}<statusCode code="completed"/>'
            f'<effectiveTime><low value="{compact}"/><high value="{compact}"/></effectiveTime>'
            f'<component><observation classCode="OBS" moodCode="EVN">'
            f'<templateId root="2.16.840.1.113883.10.20.22.4.2"/>'
            f'<templateId root="2.16.840.1.113883.10.20.22.4.2" extension="2015-08-01"/>'
            f'<id root="2.999.77" extension="r{number}"/>{code}<statusCode code="completed"/>'
            f'<effectiveTime value="{compact}"/><value xsi:type="PQ" value="{number}" unit="mg/dL"/>'
            f'</observation></component></organizer></entry>')
    text = "<text><table><tbody>" + "".join(rows) + "</tbody></table></text>"
    head = re.sub(r"<name>\s*<given>Nora</given>\s*<family>Ek</family>.*?</name>", "", head, flags=re.S)
    whole = head + "<title>Results</title>" + text + "".join(entries) + "</section>" + tail
    for before, after in (("Nora", "Lars"), ("Lind", "Longman"), ("SAMPLE-1005", "SAMPLE-1009"),
                          ("19790817", "19500102")):
        whole = whole.replace(before, after)
    return whole


def write_records(folder):
    """The sample's records and the long one, with their people file."""
    records = folder / "records"
    shutil.copytree(SAMPLES, records)
    (records / "lars.xml").write_text(long_record((SAMPLES / "nora.xml").read_text()))
    with (records / "people.yaml").open("a") as people:
        people.write("  lars: {record: lars.xml}\n")
    return records


def people(records):
    """The patients section of a target, and the passwords' environment."""
    everybody = [*FACTS, "lars", "petra", "otto"]
    variables = dict(zip(everybody, peers.passwords(everybody)))
    found = {}
    for account in everybody:
        if account in ("petra", "otto"):
            names = {"petra": "Petra Sorensen", "otto": "Otto Helper"}
            facts = {"role": "caregiver" if account == "petra" else "proxy", "full_name": names[account]}
        else:
            read = peers.read_cda(records / f"{account}.xml")
            facts = {**FACTS.get(account, {"identifier": "SAMPLE-1009"}), "role": "patient", "record": account,
                     "family_name": read["family_name"], "given_name": read["given_names"][0],
                     "full_name": f"{read['given_names'][0]} {read['family_name']}",
                     "birth_date": read["birth_date"], "birth_date_shown": read["birth_date_shown"]}
        if account == "lars":
            facts["facts"] = [f"Marker {number:03d}" for number in range(1, LONG_COUNT + 1)]
        found[account.replace("-", "_")] = peers.person(account, variables[account], **facts)
    return found, peers.passwords(everybody)


def target(url, ca_file, inbox_url, patients):
    """A target file."""
    made = json.loads(peers.target_yaml(url, ca_file, inbox_url, patients, INPUTS))
    made["clock"] = "virtual"  # what does not come is waited for in no time
    made["roles"]["portal"]["config"]["source_key"] = "source_key"
    made["roles"]["portal"]["secrets"] = {"source_key": {"env": "BB_TEST_SOURCE_KEY"}}
    return json.dumps(made, ensure_ascii=False)


def run(folder, text, passwords, *arguments):
    """(process, run folder, report)."""
    file = folder / "target.yaml"
    file.write_text(text)
    process = peers.bluebridge("run", SUITE, "--target", file, "--out", folder / "runs", "--answers", ANSWERS, *arguments,
                               timeout=240, BB_TEST_SOURCE_KEY=SOURCE_KEY, **passwords)
    return process, *peers.only_run(folder, process)


def run_with_portal(folder, *arguments, defect=None):
    """The same against a portal of its own."""
    records = write_records(folder)
    patients, passwords = people(records)
    with peers.Portal("--exit-with-parent", records=records, defect=defect,
                      BLUEBRIDGE_PORTAL_SOURCE_KEY=SOURCE_KEY) as portal:
        ready = portal.ready
        return run(folder, target(ready["url"], ready["ca_file"], ready["inbox"], patients), passwords, *arguments)


def rows(report, outcome):
    """Ids of the requirements of that outcome."""
    return sorted(row["id"] for row in report["requirements"] if row["outcome"] == outcome)
