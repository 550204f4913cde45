"""What JSON Schema cannot say: a range does not end before it begins, a search has a word and not too many of them, ids
differ within a run document, and its costs have a sum that is stored."""

import json
import re
from datetime import datetime

import schemathesis

RANGES = {"started": datetime.fromisoformat, "ended": datetime.fromisoformat, "finished": datetime.fromisoformat,
          "duration": int, "tokens": int}

ROWS = ("steps", "token_history", "attachments", "voice_transcripts")
MOST_DOLLARS = 1_000_000


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


@schemathesis.hook
def map_query(context, query):
    for name, read in RANGES.items():
        sides = str((query or {}).get(name, "")).split("..")
        try:
            if len(sides) == 2 and all(sides) and read(sides[0]) > read(sides[1]):
                query[name] = "..".join(reversed(sides))
        except ValueError:
            pass
    text = (query or {}).get("q")
    if isinstance(text, str) and 1 <= len(text) <= 256:
        query["q"] = " ".join([*re.sub('["“”„]', " ", text[:200]).split()[:10], "order"])
    return query


@schemathesis.hook
def map_body(context, body):
    if isinstance(body, dict):
        for member in ROWS:
            if are_objects(body.get(member)):
                body[member] = list({str(row.get("id")): row for row in body[member]}.values())
        usage = body.get("token_history")
        if are_objects(usage):
            costs = [row.get("usd_cost") for row in usage]
            if sum(cost for cost in costs if isinstance(cost, (int, float))) > MOST_DOLLARS:
                body["token_history"] = usage[:1]
    return body


def are_objects(rows):
    return isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
