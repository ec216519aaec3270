"""The forms of a page, as a browser without scripts sends them."""
import html.parser


class Forms(html.parser.HTMLParser):
    """The forms of a page: action, and the fields as they are sent when nothing is changed."""

    def __init__(self, page):
        super().__init__()
        self.forms = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        of = dict(attributes)
        if tag == "form":
            self.forms.append((of["action"], []))
        elif tag == "input" and self.forms and (of.get("type") not in ("checkbox", "radio") or "checked" in of):
            self.forms[-1][1].append((of["name"], of.get("value") or ""))

    def with_action(self, action):
        return next((fields for where, fields in self.forms if where == action), None)
