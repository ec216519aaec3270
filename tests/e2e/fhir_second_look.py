"""A second look at what a FHIR server finds: its own resources, filtered by the published expression of a search parameter."""
import datetime
import http.client
import json
import re
import ssl
import urllib.parse

VALUES = 3  # of each parameter and patient
CHOICE = "(?:DateTime|Date|Period|Instant|Timing|Age|Range|String|Boolean|CodeableConcept|Reference|Quantity)"  # of value[x]
MAX = datetime.datetime.max.replace(tzinfo=datetime.timezone.utc)
MIN = datetime.datetime.min.replace(tzinfo=datetime.timezone.utc)
US = datetime.timedelta(microseconds=1)


class Client:
    """Asks with a token, over one connection."""

    def __init__(self, ready, token):
        self.base, self.token = ready["fhir"], token
        parts = urllib.parse.urlsplit(self.base)
        self.path = parts.path
        self.connection = http.client.HTTPSConnection(parts.netloc, timeout=60,
                                                      context=ssl.create_default_context(cafile=ready["ca_file"]))

    def ask(self, path, body=None, **headers):
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        for is_last in (False, True):
            try:
                self.connection.request("POST" if body is not None else "GET", self.path + path, body=body, headers=headers)
                answer = self.connection.getresponse()
                return answer.status, dict(answer.getheaders()), answer.read()
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                # A server may end a connection that nothing was asked on for a while (RFC 9112, 9.5).
                self.connection.close()
                if is_last:
                    raise

    def json(self, path, body=None):
        status, _, text = self.ask(path, body)
        if status != 200:
            raise AssertionError(f"{path}: {status} {text[:300]}")
        return json.loads(text)

    def pages(self, path):
        while path:
            bundle = self.json(path)
            yield bundle
            path = next((link["url"][len(self.base):] for link in bundle["link"] if link["relation"] == "next"), None)

    def found(self, path):
        return [entry["resource"] for bundle in self.pages(path) for entry in bundle.get("entry", [])
                if entry["search"]["mode"] == "match"]


def values_at(resource, expression):
    """The few forms of FHIRPath that the guide's search parameters have."""
    found = []
    for part in expression.split("|"):
        part = part.strip().strip("()").replace(".where(resolve() is Patient", "")
        wanted = re.search(r"(?:\.as\(| as )(\w+)", part)
        names = re.sub(r"(?:\.as\(| as ).*", "", part).split(".")[1:]
        level = [resource]
        for name in names:
            suffix = wanted.group(1) if wanted and name == names[-1] else None
            level = [item for value in level for key, member in value.items()
                     if key == name or (suffix is None and re.fullmatch(re.escape(name) + CHOICE, key))
                     or (suffix and key == name + suffix[0].upper() + suffix[1:])
                     for item in (member if isinstance(member, list) else [member])]
        found += level
    return found


def moment(text):
    """The first instant that a date means, and the first behind it."""
    if len(text) > 10:
        at = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
        return at, at + US
    year, month, day = (int(part) for part in (text + "-01-01" if len(text) == 4 else text + "-01" if len(text) == 7 else text).split("-"))
    begin = datetime.datetime(year, month, day, tzinfo=datetime.timezone.utc)
    if len(text) == 10:
        return begin, begin + datetime.timedelta(days=1)
    return begin, begin.replace(year=year + 1) if len(text) == 4 else (begin + datetime.timedelta(days=31)).replace(day=1)


def span(value):
    if isinstance(value, str):
        return moment(value)
    return (moment(value["start"])[0] if "start" in value else MIN), (moment(value["end"])[1] if "end" in value else MAX)


def is_broken(period):
    return "start" in period and "end" in period and span(period)[1] <= span(period)[0]


# R4 search, 3.1.1.4.3, of the ranges of the resource and of the value, both without their ends.
DATES = {
    "eq": lambda a, b, x, y: x <= a and b <= y,
    "ne": lambda a, b, x, y: not (x <= a and b <= y),
    "gt": lambda a, b, x, y: b > y,
    "lt": lambda a, b, x, y: a < x,
    "ge": lambda a, b, x, y: b > y or (x <= a and b <= y),
    "le": lambda a, b, x, y: a < x or (x <= a and b <= y),
    "sa": lambda a, b, x, y: a >= y,
    "eb": lambda a, b, x, y: b <= x,
}


def tokens(value):
    """(system, code) of what a token parameter looks at."""
    if isinstance(value, str):
        return [(None, value)]
    if "coding" in value:
        return [(one.get("system", ""), one["code"]) for one in value["coding"] if "code" in one]
    code = value.get("code", value.get("value"))
    return [(value.get("system", ""), code)] if code else []


def texts(value):
    if isinstance(value, str):
        return [value]
    return [text for key in ("text", "family", "given", "prefix", "suffix", "line", "city", "state", "postalCode", "country", "district")
            for text in (value.get(key, []) if isinstance(value.get(key, []), list) else [value[key]])]


def holds(parameter, value, wanted):
    if parameter["type"] == "token":
        system, bar, code = wanted.rpartition("|")
        return any(code in ("", has) and (not bar or system == of) for of, has in tokens(value))
    if parameter["type"] == "reference":
        return value.get("reference", "").rpartition("/")[2] == wanted.rpartition("/")[2]
    if parameter["type"] == "string":
        return any(text.lower().startswith(wanted.lower()) for text in texts(value))
    prefix, date = (wanted[:2], wanted[2:]) if wanted[:2] in DATES else ("eq", wanted)
    return DATES[prefix](*span(value), *moment(date))


def asked_with(parameter, values):
    """Values to search by: those of the resources, in each form, and one that nothing has."""
    if parameter["type"] == "token":
        pairs = list(dict.fromkeys(pair for value in values for pair in tokens(value)))[:VALUES]
        forms = [code for _, code in pairs] + [f"{of}|{code}" for of, code in pairs if of] + [f"{of}|" for of, _ in pairs if of]
        return [*forms, "no-such-code", *([",".join(code for _, code in pairs)] if len(pairs) > 1 else [])]
    if parameter["type"] == "reference":
        refs = list(dict.fromkeys(value["reference"] for value in values if "reference" in value))[:VALUES]
        return [*refs, *(ref.rpartition("/")[2] for ref in refs), "nobody"]
    if parameter["type"] == "string":
        words = list(dict.fromkeys(text for value in values for text in texts(value)))[:VALUES]
        # The portal knows capital and small letters of ASCII alone.
        return [*words, *(word[:3].upper() for word in words if word[:3].isascii()), "Zzyzx"]
    dates = list(dict.fromkeys(date for value in values for date in
                               ([value] if isinstance(value, str) else [value[k] for k in ("start", "end") if k in value])
                               if date > "1700"))  # the portal's nanoseconds begin in 1677
    chosen = [dates[i] for i in sorted({0, len(dates) // 2, len(dates) - 1})] if dates else []
    chosen += [date[:4] for date in chosen] + ["1800-01-01"]
    return [prefix + date for date in dict.fromkeys(chosen) for prefix in ("", *DATES)]


def references_in(value):
    if isinstance(value, list):
        for item in value:
            yield from references_in(item)
    elif isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for member in value.values():
            yield from references_in(member)
