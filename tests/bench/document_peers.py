#!/usr/bin/python3
"""Times the check of documents beside what others do, in one run, and prints tables in Markdown.

    document_peers.py BIN DATA

BIN is the folder of our programs, DATA that of the published documents. Others are xsltproc and Saxon with the ISO
skeleton (scripts/install-deps --checks), xmllint, and the npm packages cda-schematron-validator,
@amida-tech/blue-button and @amida-tech/blue-button-cms in the folder BB_NODE_MODULES; a row says what is missing. Takes some ten minutes.

A document's time is that of many in one command, less that of one, by their number: what a command takes before and
after its documents is the row's start. There are as many as make the command take half as long again as with one:
where the start is most of it, fewer would measure its noise.
"""
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "schematron" / "oracle"))
import compare  # noqa: E402

MB = 1_000_000
MANY_SECONDS_MIN = 1  # of a command with many documents
COUNT_MAX = 600
# A comment makes each document another one: the package keeps what it found of a text.
VALIDATE = """
const fs = require('fs'), path = require('path'), [schema, ...files] = process.argv.slice(1);
const {validate} = require('cda-schematron-validator');
const rules = fs.readFileSync(schema, 'utf8'), options = {resourceDir: path.dirname(schema) + '/'};
files.forEach((file, number) => validate(fs.readFileSync(file, 'utf8') + `<!-- ${number} -->`, rules, options));
"""
PARSE = """
const fs = require('fs'), bb = require('@amida-tech/blue-button');
const texts = process.argv.slice(1).map(file => fs.readFileSync(file, 'utf8'));
console.log = () => {};
bb.parse(texts[0]);
const begun = process.hrtime.bigint();
for (const text of texts) bb.parse(text);
process.stdout.write(String(Number(process.hrtime.bigint() - begun) / 1e6 / texts.length));
"""

PARSE_CMS = """
const fs = require('fs'), {parseText} = require('@amida-tech/blue-button-cms');
const text = fs.readFileSync(process.argv[1], 'utf8'), count = 200;
console.log = () => {};
for (let i = 0; i < count; ++i) parseText(text);
const begun = process.hrtime.bigint();
for (let i = 0; i < count; ++i) parseText(text);
process.stdout.write(String(Number(process.hrtime.bigint() - begun) / 1e9 / count));
"""


def documents(data):
    """By version of C-CDA; the same that bb_bench takes."""
    found = {}
    for line in (HERE / "documents.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            kind, name = line.split(" ", 1)
            found.setdefault(kind, []).append(data / "ccda" / name)
    return found


def measure(command, runs=1, statuses=(0,), **options):
    """Median of the seconds, and the most memory in MiB."""
    seconds, memory = [], 0
    for _ in range(runs):
        begun = time.perf_counter()
        process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   **options)
        complaint = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds.append(time.perf_counter() - begun)
        memory = max(memory, usage.ru_maxrss / 1024)
        if os.waitstatus_to_exitcode(status) not in statuses:
            sys.exit(f"{command[:4]} ended with {os.waitstatus_to_exitcode(status)}: {complaint[-2000:].decode()}")
    return statistics.median(seconds), memory


def shown(seconds):
    return f"{seconds * 1000:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"


class Ours:
    def __init__(self, program, rules):
        self.command = [program, "check", "--data", rules]

    def check(self, files, *options, jobs=1, runs=1):
        return measure([*self.command, "--jobs", jobs, "--json", *options, *files], runs, statuses=(0, 1))


def document_seconds(run, files):
    """Of one of them, of a command with the first alone, and the most memory. `run` takes files."""
    alone = [run(files[:1]) for _ in range(3)]
    one = statistics.median(seconds for seconds, _ in alone)
    times = 1 if len(files) > 1 else 8  # one alone could be slow by chance
    while True:
        many, memory = run(files * times)
        count = len(files) * times
        if (many >= 1.5 * one and many >= MANY_SECONDS_MIN) or count >= COUNT_MAX:
            return max(many - one, 0) / (count - 1), one, max(memory, *(most for _, most in alone))
        times *= 4


def row(title, run, kinds):
    """Of a way to check: a document of each kind, the start, and memory."""
    r21, one, memory = document_seconds(run, kinds["r21"])
    r11, _, most = document_seconds(run, kinds["r11"])
    return f"| {title} | {shown(r21)} | {shown(r11)} | {shown(max(one - r21, 0))} | {max(memory, most):.0f} MiB |"


def absent(title, what):
    return f"| {title} | {what} is not at hand | | | |"


def check_rows(ours, kinds, data, work):
    yield "| | R2.1, 150 KB | R1.1, 90 to 170 KB | start | memory |"
    yield "|---|---|---|---|---|"
    yield row("`check --level error`: schema, errors phase, own rules", lambda files: ours.check(files, "--level", "error", runs=3),
              kinds)
    yield row("`check`: warnings and notes too", lambda files: ours.check(files, runs=3), kinds)
    yield row("`check --rules schematron --level error`",
              lambda files: ours.check(files, "--rules", "schematron", "--level", "error", runs=3), kinds)
    schema = data / compare.R21
    rules = compare.stylesheet(schema, "errors", work)
    yield row("xsltproc, errors phase alone", lambda files: measure(["xsltproc", "--nonet", rules, *files]), kinds)
    title = "Saxon-HE, errors phase alone"
    if not pathlib.Path(compare.SAXON).exists():
        yield absent(title, "libsaxonhe-java")
    else:
        yield row(title, lambda files: saxon(rules, files, work), kinds)
    title = "npm cda-schematron-validator, errors phase alone"
    modules = os.environ.get("BB_NODE_MODULES")
    if not modules or not (pathlib.Path(modules) / "cda-schematron-validator").is_dir():
        yield absent(title, "the package in `BB_NODE_MODULES`")
    else:
        yield row(title, lambda files: measure(["node", "-e", VALIDATE, "--", schema, *files],
                                               env=os.environ | {"NODE_PATH": modules}), kinds)


def saxon(rules, files, work):
    with tempfile.TemporaryDirectory(dir=work) as folder:
        for number, file in enumerate(files):
            target = pathlib.Path(folder) / "in" / f"{number}.xml"
            target.parent.mkdir(exist_ok=True)
            target.symlink_to(file)
        (pathlib.Path(folder) / "out").mkdir()
        return measure(["java", "-cp", compare.SAXON, "net.sf.saxon.Transform", "-versionmsg:off", "-warnings:silent",
                        f"-s:{folder}/in", f"-xsl:{rules}", f"-o:{folder}/out"])


def grown(text, size):
    """The document with each entry repeated until it has about `size` bytes."""
    parts = re.split(r"(<entry[ >].*?</entry>)", text, flags=re.S)
    entries = sum(len(part) for part in parts if part.startswith("<entry"))
    times = max((size - (len(text) - entries)) // entries, 1)
    return "".join(part * times if part.startswith("<entry") else part for part in parts)


def size_rows(ours, kinds, work):
    yield "| size of the document | `check` | a MB | memory |"
    yield "|---|---|---|---|"
    text = kinds["r21"][0].read_text(encoding="utf-8")
    start, _ = ours.check(kinds["r21"], runs=3)
    for size in (0.3, 3, 10, 30):
        file = work / f"{size}.xml"
        file.write_text(grown(text, int(size * MB)), encoding="utf-8")
        seconds, memory = ours.check([file], runs=3)
        megabytes = file.stat().st_size / MB
        yield f"| {megabytes:.1f} MB | {shown(seconds)} | {shown((seconds - start) / (megabytes - len(text) / MB))} | {memory:.0f} MiB |"


def number_rows(ours, kinds, work):
    yield "| documents | `--jobs 1` | `--jobs 2` | ratio | memory of the command and each worker |"
    yield "|---|---|---|---|---|"
    for count in (100, 1000):
        folder = work / str(count)
        folder.mkdir()
        for number in range(count):
            (folder / f"{number:06}.xml").symlink_to(kinds["r11"][number % 10])
        files = sorted(folder.iterdir())
        pairs = [(ours.check(files, jobs=1), ours.check(files, jobs=2)) for _ in range(3)]
        one, two = (statistics.median(pair[i][0] for pair in pairs) for i in (0, 1))
        yield f"| {count} | {shown(one)} | {shown(two)} | {one / two:.2f} | {max(m for pair in pairs for _, m in pair):.0f} MiB |"


def median_results(bench, names):
    """What bb_bench says of each benchmark, the median of five; `seconds` of processor time."""
    done = subprocess.run([bench, f"--benchmark_filter={names}", "--benchmark_repetitions=5", "--benchmark_format=json",
                           "--benchmark_report_aggregates_only=true"], capture_output=True, text=True, check=True)
    unit = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1}
    for result in json.loads(done.stdout)["benchmarks"]:
        if result.get("aggregate_name") == "median":
            yield result | {"seconds": result["cpu_time"] * unit[result["time_unit"]]}


def medians(bench, names):
    return {result["run_name"]: result["seconds"] for result in median_results(bench, names)}


def parse_rows(bench, kinds):
    yield "| parsing alone, R2.1 document | |"
    yield "|---|---|"
    yield f"| `bb::xml::read`, its bounds kept | {shown(medians(bench, '^document_read/r21$')['document_read/r21'])} |"
    seconds, _ = measure(["xmllint", "--noout", "--repeat", *kinds["r21"]], 3)
    yield f"| xmllint | {shown(seconds / 100)} |"
    modules = os.environ.get("BB_NODE_MODULES")
    if not modules or not (pathlib.Path(modules) / "@amida-tech/blue-button").is_dir():
        yield "| npm @amida-tech/blue-button | the package in `BB_NODE_MODULES` is not at hand |"
        return
    done = subprocess.run(["node", "-e", PARSE, "--", *map(str, kinds["r21"] * 10)], capture_output=True, text=True,
                          check=True, env=os.environ | {"NODE_PATH": modules})
    yield f"| npm @amida-tech/blue-button, into its model | {float(done.stdout):.3g} ms |"


def fhir_rows(bench, data):
    yield "| reading FHIR, a Bundle of 2.7 MB | a file | MB/s | of the plain parse |"
    yield "|---|---|---|---|"
    size = max(file.stat().st_size for file in (data / "fhir/synthea").glob("*.json"))
    found = medians(bench, "^fhir_(plain_parse|tree|record)$")
    plain = found["fhir_plain_parse"]
    for title, name in (("the JSON library alone", "fhir_plain_parse"), ("`fhir::read_json`: elements with places", "fhir_tree"),
                        ("`read_record`", "fhir_record")):
        yield f"| {title} | {shown(found[name])} | {size / MB / found[name]:.3g} | {plain / found[name]:.2f} |"


def facts_rows(bench):
    yield "| five copies compared, read already; facts a copy | |"
    yield "|---|---|"
    for result in median_results(bench, "^compare_five/"):
        yield f"| {result['facts']:.0f} | {shown(result['seconds'])} |"


def text_rows(bench, data):
    yield "| reading a Blue Button text, into a record | a file | MB/s |"
    yield "|---|---|---|"
    found = medians(bench, "^text_record/")
    files = {"va": "va/VA_My_HealtheVet_Blue_Button_Sample_Version_12_6.txt", "cms": "cms/cms_sample.txt"}
    for kind, name in files.items():
        size = (data / "bluebutton-text" / name).stat().st_size
        seconds = found[f"text_record/{kind}"]
        yield f"| `read_record`, {kind} | {shown(seconds)} | {size / MB / seconds:.3g} |"
    modules = os.environ.get("BB_NODE_MODULES")
    if not modules or not (pathlib.Path(modules) / "@amida-tech/blue-button-cms").is_dir():
        yield "| npm @amida-tech/blue-button-cms | the package in `BB_NODE_MODULES` is not at hand | |"
        return
    file = data / "bluebutton-text" / files["cms"]
    done = subprocess.run(["node", "-e", PARSE_CMS, "--", file], capture_output=True, text=True, check=True,
                          env=os.environ | {"NODE_PATH": modules})
    yield f"| npm @amida-tech/blue-button-cms | {shown(float(done.stdout))} | {file.stat().st_size / MB / float(done.stdout):.3g} |"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    bin_folder, data = (pathlib.Path(word).resolve() for word in sys.argv[1:])
    if not data.is_dir():
        sys.exit(f"document_peers: no published documents at {data}")
    kinds = documents(data)
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        program = bin_folder / "bluebridge"
        subprocess.run([program, "data", "import", "--data", work / "rules", data / "schemas"], check=True,
                       stdout=subprocess.DEVNULL)
        ours = Ours(program, work / "rules")
        bench = bin_folder.parent / "tests/bench/bb_bench"
        for rows in (check_rows(ours, kinds, data, work), size_rows(ours, kinds, work), number_rows(ours, kinds, work),
                     parse_rows(bench, kinds),
                     text_rows(bench, data), fhir_rows(bench, data), facts_rows(bench)):
            for line in rows:
                print(line, flush=True)
            print()


if __name__ == "__main__":
    main()
