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
import urllib.error
import urllib.parse
import urllib.request

from page_forms import Forms


class StaysAt(urllib.request.HTTPRedirectHandler):
    """Follows redirects of one site; another site's are an HTTPError."""

    def __init__(self, site):
        self.site = site

    def redirect_request(self, request, body, code, message, headers, address):
        if urllib.parse.urlsplit(address).netloc != self.site:
            return None
        return super().redirect_request(request, body, code, message, headers, address)


def way_back(address):
    """Where the portal sends the person in the end: the application's address, with its answer."""
    account, test = os.environ["BLUEBRIDGE_PERSON"], os.environ["BLUEBRIDGE_TEST"]
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
        urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=os.environ["PORTAL_CA"])),
        StaysAt(urllib.parse.urlsplit(address).netloc))

    def send(action, fields):
        body = urllib.parse.urlencode(fields).encode()
        return opener.open(urllib.parse.urljoin(page.url, action), body, timeout=20)

    try:
        page = opener.open(address, timeout=20)
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
    except urllib.error.HTTPError as answer:
        if answer.headers["Location"]:
            return answer.headers["Location"]
        raise
    sys.exit(f"expected to be sent back to this machine, stands at {page.url.split('?')[0]}")


def main(address):
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(way_back(address), timeout=20)


if __name__ == "__main__":
    main(sys.argv[1])
