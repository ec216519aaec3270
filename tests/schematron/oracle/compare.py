#!/usr/bin/python3
"""Compares our Schematron engine with the ISO skeleton run by others.

The skeleton of 2010 (XSLT 1, as python3-lxml ships it) turns a schema into a
stylesheet, which xsltproc or Saxon runs over published documents. What must be
equal: the multiset of (assertion, node) that failed, and of the contexts of
the rules that fired.

    compare.py PROGRAM DATA WORK CASE [PHASE]

PROGRAM is our schematron_svrl, DATA the folder of published documents, WORK a
folder to keep compiled stylesheets in. CASE is one of the names in CASES. With
PHASE our engine runs that one instead, so that a difference must be found.
Exit 77: a tool or the documents are missing, and the output says which.
"""
import collections
import hashlib
import pathlib
import re
import shutil
import subprocess
import sys

SKIPPED = 77
SAXON = "/usr/share/java/Saxon-HE.jar"
SVRL = {"s": "http://purl.oclc.org/dsdl/svrl"}
OLD, ISO = "http://www.ascc.net/xml/schematron", "http://purl.oclc.org/dsdl/schematron"
R21 = "schemas/ccda-r21/CCDA_R2.1.sch"
# Of each vendor one document; the first has about 150 KB and no vendor.
VENDORS = ["ccda/hl7-published/C-CDA_R2-1_CCD.xml", "ccda/negative-onc", "ccda/negative-validator", "ccda/onc-2015/[A-H]*"]
CASES = {
    # schema, phase, documents, processor
    "r21-errors": (R21, "errors", VENDORS, "xsltproc"),
    "r21-warnings": (R21, "warnings", VENDORS, "xsltproc"),
    "r21-saxon": (R21, "errors", VENDORS[:1], "saxon"),
    # XSLT 1 has no matches(); Saxon has.
    "c32-saxon": ("schemas/c32-v2.5/HITSP_C32.sch", "errors", ["c32/C32_Sample1.xml", "c32/1012581676V377802.xml",
                  "c32/HITSP_C32v2.5_Rev6_16Sections_Entries_MinimalErrors.xml"], "saxon"),
    "ccd": ("schemas/ccd-1.0/ccd.sch", "errors", ["c32/C32_Sample1.xml", "c32/CCD-Utah.xml",
            "c32/HITSP_C32v2.5_Rev6_16Sections_Entries_MinimalErrors.xml"], "xsltproc"),
}


def skip(what):
    print(f"SKIPPED: {what} is missing")
    sys.exit(SKIPPED)


def skeleton():
    try:
        import lxml
    except ImportError:
        skip("python3-lxml, which scripts/install-deps --checks installs,")
    folder = pathlib.Path(lxml.__file__).parent / "isoschematron/resources/xsl/iso-schematron-xslt1"
    if not folder.is_dir():
        skip(str(folder))
    return folder


def flat_schema(schema):
    """The schema with its entities in place and in the namespace of ISO."""
    text = schema.read_text(encoding="utf-8")
    files = dict(re.findall(r"<!ENTITY\s+(\S+)\s+SYSTEM\s+['\"]([^'\"]*)['\"]\s*>", text))
    text = re.sub(r"<!DOCTYPE.*?\]>", "", text, flags=re.S)

    def file_of(match):
        name = files[match[1]].rsplit("/", 1)[-1]
        found = schema.parent / "templates" / name
        return re.sub(r"^\ufeff?<\?xml.*?\?>", "", found.read_text(encoding="utf-8"))

    while re.search(r"&(%s);" % "|".join(map(re.escape, files)), text) if files else False:
        text = re.sub(r"&(%s);" % "|".join(map(re.escape, files)), file_of, text)
    return text.replace(f'"{OLD}"', f'"{ISO}"')


def stylesheet(schema, phase, work):
    """The schema as a stylesheet; compiled once for each content."""
    text = flat_schema(schema)
    folder = work / hashlib.sha256((text + phase).encode()).hexdigest()[:16]
    compiled = folder / "rules.xsl"
    if not compiled.exists():
        folder.mkdir(parents=True, exist_ok=True)
        if (schema.parent / "voc.xml").exists():
            shutil.copyfile(schema.parent / "voc.xml", folder / "voc.xml")
        source, expanded, fresh = folder / "rules.sch", folder / "expanded.sch", folder / "rules.xsl.new"
        source.write_text(text, encoding="utf-8")
        run("xsltproc", "-o", expanded, skeleton() / "iso_abstract_expand.xsl", source)
        run("xsltproc", "-o", fresh, "--stringparam", "phase", phase, skeleton() / "iso_svrl_for_xslt1.xsl", expanded)
        fresh.rename(compiled)
    return compiled


def run(*command):
    """What the command prints."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))[:300]}\nfailed with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def documents_of(data, patterns):
    """The first well-formed document of each folder; lxml judges."""
    from lxml import etree
    found = []
    for pattern in patterns:
        for place in sorted(data.glob(pattern)):
            for file in [place] if place.is_file() else sorted(place.rglob("*.xml")):
                try:
                    etree.parse(str(file))
                    found.append(file)
                    break
                except etree.XMLSyntaxError:
                    continue
    return found


def blank_free(text):
    return " ".join(text.split()).replace("--", "- -")


def unjudged_of(svrl):
    """Ids, or tests where there is none, that our engine did not judge; only a missing file may be the cause."""
    from lxml import etree
    unjudged = set()
    for comment in etree.parse(str(svrl)).xpath("//comment()"):
        match = re.fullmatch(r" not evaluated \d+ times: (.*) in pattern '[^']*': (.*) ", comment.text, re.S)
        if match and not re.fullmatch(r"(value set|the file) \S+ is not at hand", match[2]):
            sys.exit(f"{svrl}: {comment.text}")
        if match:
            unjudged.add(blank_free(match[1]))
    return unjudged


def findings(svrl, document, unjudged):
    """What failed, (assertion, node) by count, but for `unjudged`; the contexts that fired by count."""
    from lxml import etree
    report = etree.parse(str(svrl))
    prefixes = {e.get("prefix"): e.get("uri") for e in report.iterfind("s:ns-prefix-in-attribute-values", SVRL)}
    failed = collections.Counter()
    nodes = {}
    for element in report.xpath("//s:failed-assert | //s:successful-report", namespaces=SVRL):
        if (element.get("id") or blank_free(element.get("test"))) in unjudged:
            continue
        location = element.get("location") or "/"
        if location not in nodes:
            found = document.xpath(location, namespaces=prefixes) if location != "/" else ["/"]
            if len(found) != 1:
                sys.exit(f"{svrl}: the location {location} selects {len(found)} nodes")
            is_element = isinstance(found[0], etree._Element)
            nodes[location] = document.getpath(found[0]) if is_element else location
        text = " ".join(element.findtext("s:text", "", SVRL).split())
        failed[element.get("id") or text, nodes[location]] += 1
    fired = collections.Counter(" ".join(e.get("context").split()) for e in report.iterfind("s:fired-rule", SVRL))
    return failed, fired


def show(title, counts):
    for key, count in sorted(counts.items())[:20]:
        print(f"    {title}: {count} x {key}")


def main():
    if len(sys.argv) not in (5, 6):
        sys.exit(__doc__)
    program, data, work = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
    schema, phase, patterns, processor = CASES[sys.argv[4]]
    skeleton()
    from lxml import etree
    if not shutil.which("xsltproc"):
        skip("xsltproc, which scripts/install-deps --checks installs,")
    if processor == "saxon" and not (shutil.which("java") and pathlib.Path(SAXON).exists()):
        skip("libsaxonhe-java or Java, which scripts/install-deps --checks installs,")
    if not data.is_dir():
        skip(f"the folder of documents {data} (BB_TEST_DATA)")

    folder = work / "-".join(sys.argv[4:])
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("in", "ours", "theirs"):
        (folder / name).mkdir(parents=True)
    documents = documents_of(data, patterns)
    compiled = stylesheet(data / schema, phase, work)
    inputs = []
    for number, document in enumerate(documents, 1):
        inputs.append(folder / "in" / f"{number}.xml")
        shutil.copyfile(document, inputs[-1])
    if processor == "xsltproc":
        reports = re.split(r"(?=<\?xml version)", run("xsltproc", "--nonet", compiled, *inputs))[1:]
        for number, report in enumerate(reports, 1):
            (folder / f"theirs/{number}.xml").write_text(report, encoding="utf-8")
    else:
        run("java", "-cp", SAXON, "net.sf.saxon.Transform", "-versionmsg:off", "-warnings:silent", f"-s:{folder}/in",
            f"-xsl:{compiled}", f"-o:{folder}/theirs")
    run(program, data / schema, sys.argv[5] if len(sys.argv) == 6 else phase, folder / "ours", *inputs)

    differing, assertions = 0, 0
    for number, document in enumerate(documents, 1):
        tree = etree.parse(str(document))
        unjudged = unjudged_of(folder / f"ours/{number}.svrl")
        ours, our_rules = findings(folder / f"ours/{number}.svrl", tree, unjudged)
        theirs, their_rules = findings(folder / f"theirs/{number}.xml", tree, unjudged)
        assertions += sum(theirs.values())
        is_equal = ours == theirs and our_rules == their_rules
        differing += not is_equal
        print(f"{'equal' if is_equal else 'DIFFERS'}: {document.relative_to(data)}: {sum(theirs.values())} failed, "
              f"{sum(their_rules.values())} rules fired, not judged: {len(unjudged)}")
        if not is_equal:
            show("only theirs", theirs - ours)
            show("only ours", ours - theirs)
            show("fired only theirs", their_rules - our_rules)
            show("fired only ours", our_rules - their_rules)
    print(f"{len(documents)} documents, {assertions} assertions failed, {differing} documents differ")
    sys.exit(1 if differing or not documents else 0)


if __name__ == "__main__":
    main()
