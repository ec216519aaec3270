#!/usr/bin/python3
"""A person at the sample portal's authorization pages, as `bluebridge run --browser` starts one.

    smart_person.py ADDRESS

Signs in as BLUEBRIDGE_PERSON and allows what is asked for; in tests whose name ends with 'denied' says no, in those
that end with 'limited' refuses every scope of observations, with 'withheld' does not share demographics. PORTAL_CA is what to trust, PORTAL_PASSWORD_BASE what passwords begin with. Follows the way back.
"""
import http.cookiejar
import os
import ssl
import sys
import urllib.parse
import urllib.request

from page_forms import Forms


def main(address):
    account, test = os.environ["BLUEBRIDGE_PERSON"], os.environ["BLUEBRIDGE_TEST"]
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
        urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=os.environ["PORTAL_CA"])))
    page = opener.open(address, timeout=20)
    portal = urllib.parse.urlsplit(address).netloc

    def send(action, fields):
        body = urllib.parse.urlencode(fields).encode()
        return opener.open(urllib.parse.urljoin(page.url, action), body, timeout=20)

    forms = Forms(page.read().decode())
    sign_in = forms.with_action("/sign-in")
    if sign_in is not None:
        page = send("/sign-in", {**dict(sign_in), "account": account, "password": f"{os.environ['PORTAL_PASSWORD_BASE']}-{account}"})
        forms = Forms(page.read().decode())
    action, consent = next((form for form in forms.forms if form[0].rstrip("/").endswith("/consent")), (None, None))
    if consent is not None:
        if test.endswith("limited"):
            consent = [field for field in consent if field[0] != "scope" or "Observation" not in field[1]]
        if test.endswith("withheld"):
            consent = [(name, "False" if name == "share_demographic_scopes" else value) for name, value in consent]
        page = send(action, [*consent, ("decision", "deny" if test.endswith("denied") else "allow")])
    if urllib.parse.urlsplit(page.url).netloc == portal:
        sys.exit(f"expected to come back to this machine, stands at {page.url.split('?')[0]}")


if __name__ == "__main__":
    main(sys.argv[1])
