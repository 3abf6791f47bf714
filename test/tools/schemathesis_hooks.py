"""What Schemathesis does not check by itself: each event of a stream fits the contract, and the stream has its end."""

import json

import jsonschema_rs
import schemathesis

LAST = {"end", "problem", "report"}


@schemathesis.check
def stream_events_conform(ctx, response, case):
    media_type = response.headers.get("content-type", [""])[0].split(";")[0]
    if media_type not in ("application/x-ndjson", "text/event-stream"):
        return
    document = case.operation.schema.raw_schema
    answers = document["paths"][case.operation.path][case.operation.method.lower()]["responses"]
    schema = answers[str(response.status_code)]["content"][media_type]["schema"]
    lines = response.text.split("\n")
    if media_type == "text/event-stream":
        schema = schema["properties"]["data"]["contentSchema"]
        lines = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
    events = [json.loads(line) for line in lines if line]
    validator = jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]})
    for event in events:
        validator.validate(event)
    types = [event["type"] for event in events]
    assert types and types[-1] in LAST, f"the stream was cut off: {types}"
    assert not LAST.intersection(types[:-1]), f"the stream goes on after its end: {types}"
