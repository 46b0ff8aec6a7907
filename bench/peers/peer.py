"""What every peer script does: read the request, name what is absent, write the answer."""

import json
import sys


class Answer:
    def __init__(self):
        with open(sys.argv[1], encoding="utf-8") as file:
            self.request = json.load(file)
        self.peers = []
        self.missing = []

    def absent(self, what, why):
        self.missing.append({"what": what, "why": str(why)})

    def add(self, name, settings, **results):
        self.peers.append({"name": name, "settings": settings, **results})

    def write(self):
        with open(sys.argv[2], "w", encoding="utf-8") as file:
            json.dump({"peers": self.peers, "absent": self.missing}, file, allow_nan=False)


def finite(values):
    """A list for JSON: None where a value is not finite."""
    return [float(v) if abs(v) < float("inf") else None for v in values]
