"""What is still to be seen of a patient in files, however it is written: tests of masked runs look with it."""
import base64
import io
import quopri
import re
import urllib.parse
import zipfile

# Of samples/records/alice.xml what nobody else says.
OF_ALICE = ("newman", "sample-0001", "amber drive", "sampleton", "555-0111", "1970-05-01", "19700501", "05/01/1970",
            "01 may 1970", "1 may 1970", "may 1, 1970")


def decodings(data, depth=3):
    """The bytes, and what they hold in base64, quoted-printable, percent-encoding, JSON escapes, ZIP and UTF-16."""
    yield data
    if depth == 0:
        return
    inner = []
    for run in re.findall(rb"[A-Za-z0-9+/_-]{8,}(?:\r?\n[A-Za-z0-9+/_-]+)*={0,2}", data):
        plain = re.sub(rb"\s|=", b"", run).translate(bytes.maketrans(b"-_", b"+/"))
        for skip in range(4):
            part = plain[skip:len(plain) - (len(plain) - skip) % 4]
            if part:
                inner.append(base64.b64decode(part))
    if inner:
        yield from decodings(b"\n".join(inner), depth - 1)
    for other in (urllib.parse.unquote_to_bytes(data), quopri.decodestring(data),
                  re.sub(rb"\\u00([0-9a-fA-F]{2})", lambda m: bytes.fromhex(m.group(1).decode()), data),
                  data.replace(b"\0", b"")):
        if other != data:
            yield other
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for name in package.namelist():
                yield from decodings(name.encode() + b"\n" + package.read(name), depth - 1)


def traces(folder, words):
    """Where one of these words, in lower case, is still to be seen in the files of a folder or in their names."""
    found = []
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        for data in decodings(file.name.encode() + b"\n" + file.read_bytes()):
            text = data.decode("utf-8", "replace").lower()
            found += [(file.name, word, text[max(0, text.find(word) - 80):text.find(word) + 40])
                      for word in words if word in text]
    return found
