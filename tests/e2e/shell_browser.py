#!/usr/bin/python3
"""A person at the shell of the sample record platform, as `bluebridge run --browser` starts one.

    shell_browser.py ADDRESS

Signs in as BLUEBRIDGE_PERSON and agrees to what is asked; says no in tests whose name ends with 'denied'.
SHELL_CA is what to trust. Follows the way back, wherever it leads.
"""
import http.cookiejar
import os
import pathlib
import ssl
import sys
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "record_platform"))
from form_reader import FormReader  # noqa: E402


def main(address):
    account = os.environ["BLUEBRIDGE_PERSON"]
    decision = "no" if os.environ["BLUEBRIDGE_TEST"].endswith("denied") else "yes"
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
        urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=os.environ["SHELL_CA"])))
    page = opener.open(address, timeout=20)
    for filled in ({"account": account, "password": f"blue-button-{account}"}, {"decision": decision}):
        form = FormReader(page.read().decode())
        chosen = {name: [value for value, is_checked in values if is_checked] for name, values in form.choices.items()}
        body = urllib.parse.urlencode({**form.fields, **chosen, **filled}, doseq=True).encode()
        page = opener.open(urllib.parse.urljoin(page.url, form.action), body, timeout=20)
    if not page.url.startswith("http://127.0.0.1:"):
        sys.exit(f"expected to come back to this machine, stands at {page.url.split('?')[0]}")


if __name__ == "__main__":
    main(sys.argv[1])
