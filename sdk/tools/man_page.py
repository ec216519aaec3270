"""Makes a man page from a program's --help, so that the two cannot differ.

    man_page.py PROGRAM VERSION OUT

The first line of --help is "NAME - what it is". Where the text says
"'NAME VERB --help'", the help of each verb listed is a section of the page.
"""
import pathlib
import re
import subprocess
import sys


def help_of(program, *verb):
    return subprocess.run([program, *verb, "--help"], check=True, capture_output=True, text=True, timeout=30).stdout


def escape(line):
    line = line.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + line if line[:1] in (".", "'") else line


def plain(text):
    """Text as it stands, with its own lines."""
    return "\n".join([".nf", *map(escape, text.strip("\n").splitlines()), ".fi"])


def sections(text):
    """[(heading, text)]: what follows `usage:`, `options:`, `example:` at the left edge."""
    parts = [("", [])]
    for line in text.splitlines():
        mark = re.match(r"(usage|options|example):(.*)", line, re.IGNORECASE)
        if mark:
            parts.append((mark.group(1).lower(), [mark.group(2).strip()] if mark.group(2).strip() else []))
        else:
            parts[-1][1].append(line)
    return [(heading, "\n".join(lines)) for heading, lines in parts]


def page(program, version):
    name = pathlib.Path(program).name
    text = help_of(program)
    first, _, rest = text.partition("\n")
    title, dash, summary = first.partition(" - ")
    if title != name or not dash:
        raise SystemExit(f"man_page.py: --help of {name} begins with '{first}', expected '{name} - what it is'")
    out = [f'.TH {name.upper()} 1 "" "{name} {version}" "User Commands"', ".SH NAME",
           f"{escape(name)} \\- {escape(summary)}"]
    for heading, body in sections(rest):
        if body.strip():
            out += [f".SH {heading.upper() or 'DESCRIPTION'}", plain(body)]
    if f"'{name} VERB --help'" in text:
        out.append(".SH VERBS")
        for verb in re.findall(r"^  ([a-z]+(?: [a-z]+)?)(?:  | +[A-Z])", text, re.MULTILINE):
            about = help_of(program, *verb.split()).partition("\n")[2]
            out += [f'.SS "{escape(name)} {escape(verb)}"', plain(about)]
    out += [".SH SEE ALSO", "share/doc/bluebridge below the folder of the installation"]
    return "\n".join(out) + "\n"


def main():
    program, version, out = sys.argv[1:]
    out = pathlib.Path(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page(program, version))


if __name__ == "__main__":
    main()
