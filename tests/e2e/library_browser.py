"""A browser, and an application that asks, of Python's standard library alone."""
import http.client
import ssl
import urllib.parse

from page_forms import Forms

import peers

FORM = "application/x-www-form-urlencoded"


class Browser:
    """Follows redirects of its own site as browsers do, and keeps the cookies."""

    def __init__(self, portal):
        self.address = urllib.parse.urlsplit(portal.ready["url"])
        self.context = ssl.create_default_context(cafile=portal.ready["ca_file"])
        self.cookies = {}

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPSConnection(self.address.hostname, self.address.port, context=self.context)
        cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if isinstance(body, (list, dict)):
            body, headers = urllib.parse.urlencode(body), {"Content-Type": FORM, **(headers or {})}
        connection.request(method, path, body, {**cookies, **(headers or {})})
        answer = connection.getresponse()
        for cookie in answer.msg.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        answer.text = answer.read().decode()
        connection.close()
        return answer

    def go(self, method, path, body=None):
        """The page where it ends, or the address of another site."""
        answer = self.ask(method, path, body)
        while answer.status in (301, 303):
            location = urllib.parse.urljoin(self.address.geturl(), answer.getheader("Location"))
            if urllib.parse.urlsplit(location).netloc != self.address.netloc:
                return location
            answer = self.ask("GET", location.removeprefix(self.address.geturl()))
        return answer

    def sign_in(self, path, account):
        """Goes to a page, signs in where it asks for that, and gives the page behind."""
        page = self.go("GET", path)
        fields = dict(Forms(page.text).with_action("/sign-in"))
        fields.update(account=account, password=f"{peers.PASSWORD_BASE}-{account}")
        return self.go("POST", "/sign-in", fields)
