"""What schemathesis must be told about this server beside its document."""
import os

import schemathesis

# A session's stream is open as long as the session lives: the tool would wait for its end.
ENDLESS = {("POST", "/v1/agents/sessions"), ("GET", "/v1/responses/{response_id}")}


@schemathesis.hook
def before_call(context, case, kwargs):
    """Asks for no endless stream, for the model that needs no network, and not for the end of the tool's own key."""
    place = (case.method.upper(), case.operation.path)
    body = case.body
    if isinstance(body, dict):
        if place in ENDLESS and body.get("stream") is True:
            body["stream"] = False
        for part in (body, body.get("agent")):
            if isinstance(part, dict) and isinstance(part.get("model"), str) and part["model"]:
                part["model"] = "scripted"
    if place in ENDLESS and isinstance(case.query, dict) and case.query.get("stream") == "true":
        case.query["stream"] = "false"
    own = os.environ["HOLDFAST_API_KEY"].split("_")[1]
    parameters = case.path_parameters
    if place == ("DELETE", "/v1/keys/{key_id}") and isinstance(parameters, dict):
        if own in str(parameters.get("key_id")):
            parameters["key_id"] = "key_other"
