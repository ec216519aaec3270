"""Runs onc.vdt_2014 and onc.vdt_2015 against a sample portal that holds samples/records/certification."""
import json
import subprocess

import peers

RECORDS = peers.SOURCE / "samples" / "records" / "certification"
SUITES = {year: peers.SOURCE / "conformance" / "suites" / f"onc.vdt_{year}.yaml" for year in ("2014", "2015")}


def day(date, offset, **more):
    return {"from": f"{date}T00:00:00{offset}", "until": f"{date}T23:59:59{offset}", **more}


# Of the records, read without any code of ours.
GRETA = {
    "full_name": "Greta Marie Holm II", "family_name": "Holm", "birth_date": "1971-02-11", "birth_date_shown": "11 Feb 1971",
    "record": "greta", "role": "patient", "facts": ["Penicillin", "Type 2 diabetes mellitus"],
    "demographics": ["female", "11 Feb 1971", "White", "Not Hispanic or Latino", "21 Larch Lane", "4 Former Street",
                     "+1-555-0121", "greta@mail.example"],
    "common_mu": ["Greta Marie Holm", "Former smoker",
                  "Essential hypertension", "lisinopril 10 MG Oral Tablet", "Penicillin", "Hives",
                  "Potassium [Moles/volume] in Serum or Plasma", "4.1 mmol/L", "Body height", "168 cm", "Body weight", "72 kg",
                  "131 mm[Hg]", "84 mm[Hg]", "25.5 kg/m2", "Hemoglobin A1c/Hemoglobin.total in Blood",
                  "Walk for half an hour on five days a week", "Introduction of cardiac pacemaker system via vein",
                  "Dana Sample"],
    "coded": ["Penicillin", "ceftriaxone", "Hives", "Essential hypertension", "Type 2 diabetes mellitus",
              "lisinopril 10 MG Oral Tablet", "Former smoker", "Hemoglobin [Mass/volume] in Blood", "Body height",
              "influenza, injectable, quadrivalent, contains preservative",
              "Introduction of cardiac pacemaker system via vein"],
    "uscdi_v1": ["Penicillin", "ceftriaxone", "Hives", "Blood pressure is above the target",
                 "Hemoglobin A1c/Hemoglobin.total in Blood", "Dana Sample", "Nora Probe", "Consultation for newly found diabetes",
                 "Discharge summary of the day unit", "sore throat for three days", "Chest radiograph, two views",
                 "Sampleton Reference Laboratory", "benign naevus of the left shoulder", "pacemaker placed without complications",
                 "weight falls, home readings improve", "Home blood pressure below 130 over 80",
                 "Worried that diabetes will harm her eyes", "influenza, injectable, quadrivalent, contains preservative",
                 "4.1 mmol/L", "metformin hydrochloride 500 MG Extended Release Oral Tablet", "Former smoker",
                 "Standard pregnancy test", "Acute viral pharyngitis", "BBS200461H", "131 mm[Hg]", "84 mm[Hg]", "168 cm", "72 kg",
                 "72 /min", "15 /min", "36.8 Cel", "99 %", "21 %"],
    "uscdi_v3": ["Dependence on cane", "no cognitive impairment found", "SMH-4711", "yearly look at the retina"],
    "sex_shown": "Female", "assessment_and_plan": ["Blood pressure is above the target", "Hemoglobin A1c/Hemoglobin.total in Blood"],
    "goals": ["Walk for half an hour on five days a week", "Home blood pressure below 130 over 80"],
    "health_concerns": ["Worried that diabetes will harm her eyes as it harmed her mother's."],
    "udi": "(01)00643169007222(17)280128(21)BBS200461H", "provider": ["Dana Sample", "Sampleton Community Clinic", "+1-555-0100"],
    "lab_report": ["Greta Marie Holm, identification number CERT-0001", "Sampleton Reference Laboratory, 77 Bench Road",
                   "Report date: 15 May 2025", "Test performed: Potassium", "Specimen source: venous blood",
                   "4.1 mmol/L, normal", "haemolyzed and rejected"],
    "reference_ranges": ["3.5-5.1 mmol/L", "70-99 mg/dL", "12.0-15.5 g/dL"],
    "corrected": ["Corrected report: 4.1 mmol/L replaces the result of 6.2 mmol/L"],
    "imaging": ["The pacemaker leads lie in the right ventricle; the lungs are clear; no effusion."],
    "narrative": ["Penicillin", "Essential hypertension", "Blood pressure is above the target",
                  "Worried that diabetes will harm her eyes", "BBS200461H", "weight falls, home readings improve"],
    "first_day": day("2025-03-10", "-08:00", facts=["Office visit for sore throat", "Standard pregnancy test", "Acute viral pharyngitis"]),
    "second_day": day("2025-05-14", "-07:00", facts=["Consultation for newly found diabetes"]),
    "third_day": day("2025-08-20", "-07:00", facts=["Diabetes follow-up visit", "Hemoglobin [Mass/volume] in Blood"]),
    "empty_period": {"from": "2001-01-01T00:00:00Z", "until": "2001-12-31T23:59:59Z"},
    "late_event": day("2025-05-14", "-07:00", fact="168 mg/dL"), "going_on": "Essential hypertension",
}
IVAN = {
    "full_name": "Ivan Peter Stahl", "family_name": "Stahl", "birth_date": "1958-09-23", "birth_date_shown": "23 Sep 1958",
    "record": "ivan", "role": "patient", "facts": ["aspirin", "Myocardial infarction"],
    "demographics": ["male", "23 Sep 1958", "Black or African American", "Not Hispanic or Latino", "9 Birch Road",
                     "8 Former Street", "+1-555-0122", "ivan@mail.example"],
    "common_mu": ["Ivan Peter Stahl", "Current every day smoker", "Myocardial infarction", "atorvastatin 20 MG Oral Tablet", "aspirin", "Hives",
                  "Troponin I.cardiac [Mass/volume] in Serum or Plasma", "0.9 ng/mL", "181 cm", "90 kg", "128 mm[Hg]", "78 mm[Hg]",
                  "27.5 kg/m2", "Cholesterol [Mass/volume] in Serum or Plasma", "Stop smoking before the end of summer",
                  "Percutaneous coronary intervention", "Carla Heart"],
    "coded": ["aspirin", "Hives", "Myocardial infarction", "Hyperlipidemia", "atorvastatin 20 MG Oral Tablet",
              "Current every day smoker", "Body height", "pneumococcal polysaccharide vaccine, 23 valent",
              "Percutaneous coronary intervention"],
    "uscdi_v1": ["aspirin", "Hives", "the heart pumps well", "Cholesterol [Mass/volume] in Serum or Plasma", "Carla Heart",
                 "to the catheter laboratory at once", "five days on the ward", "pale, sweating", "Coronary angiogram",
                 "Hospital Core Laboratory", "thrombus, red and white", "one stent in the right coronary artery",
                 "no pain since the intervention", "Stop smoking before the end of summer", "Afraid to be alone at night",
                 "pneumococcal polysaccharide vaccine, 23 valent", "0.9 ng/mL", "metoprolol tartrate 50 MG Oral Tablet",
                 "Current every day smoker", "Percutaneous coronary intervention", "Myocardial infarction", "BBSTENT7",
                 "128 mm[Hg]", "78 mm[Hg]", "181 cm", "90 kg", "68 /min", "36.7 Cel", "97 %", "21 %"],
    "uscdi_v3": ["Independent walking", "low mood after the infarction", "SMH-4822", "cardiac rehabilitation for twelve weeks"],
    "sex_shown": "Male", "assessment_and_plan": ["the heart pumps well", "Cholesterol [Mass/volume] in Serum or Plasma"],
    "goals": ["Stop smoking before the end of summer", "Climb two flights of stairs without rest"],
    "health_concerns": ["Afraid to be alone at night after the infarction."],
    "udi": "(01)00812345678901(17)270630(10)BBSTENT7", "provider": ["Carla Heart", "+1-555-0150"],
    "admission": ["02 Jun 2025", "07 Jun 2025", "Sampleton General Hospital, Emergency Department",
                  "Sampleton General Hospital, Ward 4 West"],
    "instructions": ["Take metoprolol every morning; do not lift more than five kilograms for two weeks.",
                     "Call 911 when the chest pain comes back and does not end within five minutes."],
    "reasons": ["Crushing chest pain for two hours.", "Shortness of breath at rest."],
    "lab_report": ["Ivan Peter Stahl, identification number CERT-0002", "Hospital Core Laboratory, 9 Ward Road",
                   "Report date: 03 Jun 2025", "Test performed: Troponin I.cardiac", "Specimen source: venous blood",
                   "0.9 ng/mL, high", "Condition of specimen: acceptable"],
    "reference_ranges": ["0.0-0.4 ng/mL", "0-200 mg/dL"],
    "corrected": ["Corrected report: 0.9 ng/mL replaces the result of 0.09 ng/mL"],
    "imaging": ["the right coronary artery was closed and is open again after stenting"],
    "narrative": ["aspirin", "Myocardial infarction", "the heart pumps well", "Afraid to be alone at night", "BBSTENT7",
                  "Crushing chest pain", "Take metoprolol every morning"],
    "first_day": day("2025-06-02", "-07:00", facts=["to the catheter laboratory at once", "pale, sweating"]),
    "second_day": day("2025-06-03", "-07:00", facts=["Percutaneous coronary intervention", "Coronary angiogram"]),
    "third_day": day("2025-06-07", "-07:00", facts=["five days on the ward", "pneumococcal polysaccharide vaccine, 23 valent"]),
    "empty_period": {"from": "2001-01-01T00:00:00Z", "until": "2001-12-31T23:59:59Z"},
    "late_event": day("2025-06-02", "-07:00", fact="Troponin I.cardiac panel - Serum or Plasma"), "going_on": "Hyperlipidemia",
    "first_summary": "Referral to cardiac rehabilitation", "second_summary": "Transition of care to the family practice",
}
PEOPLE = ("greta", "ivan", "carol", "ruth")
ATTESTED = {"2014": ("proofing", "audit"), "2015": ("proofing", "audit", "thirty_days", "everything")}


def portal(*arguments, **more):
    return peers.Portal("--cleartext", "--source", *arguments, records=RECORDS, **more)


def write_target(folder, ready, uscdi="v3", mail=None):
    """`ready`: what the portal said. `mail`: the configuration of a mailbox of plain mail, and its authorities."""
    greta, ivan, carol, ruth = (f"BB_TEST_PASSWORD_{i}" for i in range(4))
    trusted = {"ca_file": ready["ca_file"]}
    roles = {"portal": {"connector": "org.bluebridge.rest.portal", **trusted, "allow_cleartext": True,
                        "config": {"base_url": ready["url"], "cleartext_base_url": ready["cleartext_url"],
                                   "source_url": ready["source"]}},
             "inbox": {"connector": "org.bluebridge.rest.inbox", "config": {"inbox_url": ready["inbox"]}, **trusted}}
    if mail:
        roles["mail"] = mail
    target = folder / "target.yaml"
    target.write_text(json.dumps({
        "format": "bluebridge-target/1", "target": "certified", "title": "Certified", "version": "1", "environment": "test",
        "clock": "virtual",
        "profile": {"role": "data-holder", "uscdi": uscdi, "companion_guide": "R2" if uscdi == "v1" else "R4.1"},
        "roles": roles,
        "patients": {"greta": peers.person("greta", greta, **GRETA), "ivan": peers.person("ivan", ivan, **IVAN),
                     "carol": peers.person("carol", carol, role="caregiver", full_name="Carol Holm"),
                     "ruth": peers.person("ruth", ruth, role="caregiver", full_name="Ruth Former")}}))
    return target


def run(folder, ready, year, *arguments, setting="ambulatory", uscdi="v3", mail=None, purpose="certification", **more):
    """(process, run folder, report)."""
    answers = peers.write_answers(folder, *(f"onc.vdt_{year}/attestations.{one}" for one in ATTESTED[year]))
    target = write_target(folder, ready, uscdi, mail)
    patient, stranger = ("greta", "ivan") if setting == "ambulatory" else ("ivan", "greta")
    options = [f"setting={setting}", *([f"purpose={purpose}"] if year == "2015" else [])]
    if year == "2015" and "--data" not in arguments:
        options.append("rules=none")
    process = peers.bluebridge(
        "run", SUITES[year], "--target", target, "--out", folder / "runs", "--answers", answers,
        *(word for option in options for word in ("--option", option)), "--input", f"patient={patient}", "--input",
        f"stranger={stranger}", *arguments, timeout=240, **peers.passwords(PEOPLE), **more)
    return process, *peers.only_run(folder, process)


def rows(report, outcome):
    return {row["id"] for row in report["requirements"] if row["outcome"] == outcome}
