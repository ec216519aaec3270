#!/usr/bin/env python3
"""Prints what a folder of C-CDA files says its patients are called.

One JSON line per readable file: account (by the rule of
docs/reference/portal-api.md) and, for each <name> of the patient, its given and
family parts. Written apart from the portal, as its expectation.
"""
import json
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

HL7 = "{urn:hl7-org:v3}"


def account_of(stem):
    text = "".join(c.lower() if c.isascii() and c.isalnum() else "-" for c in stem)
    # The rule counts bytes: one '-' for each byte beyond ASCII.
    return "".join(t if s.isascii() else "-" * len(s.encode()) for s, t in zip(stem, text))[:58]


def names_of(root):
    names = []
    for name in root.findall(f"{HL7}recordTarget/{HL7}patientRole/{HL7}patient/{HL7}name"):
        # A part qualified BR is a name given at birth that is no longer used.
        wanted = [p for p in name if p.tag in (HL7 + "given", HL7 + "family") and "BR" not in p.get("qualifier", "").split()]
        parts = [" ".join("".join(p.itertext()).split()) for p in wanted]
        names.append([p for p in parts if p])
    return [n for n in names if n]


folder = pathlib.Path(sys.argv[1])
taken = set()
for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix.lower() == ".xml"):
    wanted = account = account_of(path.stem)
    number = 2
    while account in taken:
        account, number = f"{wanted}-{number}", number + 1
    taken.add(account)
    try:
        root = ElementTree.parse(path).getroot()
    except ElementTree.ParseError:
        continue
    if root.tag == HL7 + "ClinicalDocument":
        print(json.dumps({"account": account, "file": str(path.relative_to(folder)), "names": names_of(root)}))
