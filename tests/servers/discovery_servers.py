"""What `bluebridge-pki --discovery DOMAIN` makes, published: a name server, two directories, and pages by HTTP."""
import contextlib
import json
import pathlib
import subprocess
import tempfile
import types

import servers

NAME_SERVERS = {"bind": servers.bind, "knot": servers.knot}


@contextlib.contextmanager
def published(name_server, program, domain, *words, records=lambda made: "", entries=lambda made: ""):
    """`program` is bluebridge-pki, `words` are more of its arguments. Gives what was made and runs (`made`).

    `records` gives more of the zone, `entries` more of the first base of the first directory."""
    for name in [{"bind": "named", "knot": "knotd"}[name_server], "slapd", "slapadd", "dig", "ldapsearch"]:
        servers.program(name)
    with contextlib.ExitStack() as stack:
        made = types.SimpleNamespace()
        made.below = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bb-discovery-")))
        made.below.chmod(0o755)
        made.pki = made.below / "pki"
        (made.pki / "www").mkdir(parents=True)
        http_port = stack.enter_context(servers.pages(made.pki / "www"))
        made.ldap_ports, made.dead_port = [servers.free_port(), servers.free_port()], servers.free_port()
        subprocess.run([program, "--out", made.pki, "--without-cases", "--discovery", domain, "--base-url",
                        f"http://127.0.0.1:{http_port}", "--dead-port", str(made.dead_port), *words,
                        *[word for port in made.ldap_ports for word in ("--directory-port", str(port))]], check=True)
        folder = made.pki / "discovery"
        described = json.loads((folder / "discovery.json").read_text())
        made.bases, made.cases = described["bases"], described["cases"]
        made.directories = []
        for number, port in enumerate(made.ldap_ports, 1):
            texts = [(folder / f"directory-{number}-base-{base}.ldif").read_text() for base in (1, 2)]
            texts[0] += entries(made) if number == 1 else ""
            made.directories.append(stack.enter_context(
                servers.slapd(made.below, f"slapd{number}", made.bases, texts, port)))
        made.dns = stack.enter_context(NAME_SERVERS[name_server](
            made.below, domain, (folder / f"{domain}.zone").read_text() + records(made)))
        yield made
