"""The form of one of the platform's pages, as a browser without scripts sees it."""
import html.parser


class FormReader(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.fields, self.choices, self.buttons, self.action = {}, {}, [], None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag == "form":
            self.action = a["action"]
        if tag == "button":
            self.buttons.append(a.get("value"))
        if tag == "input" and a.get("type") in ("radio", "checkbox"):
            self.choices.setdefault(a["name"], []).append((a["value"], "checked" in a))
        elif tag == "input":
            self.fields[a["name"]] = a.get("value", "")
