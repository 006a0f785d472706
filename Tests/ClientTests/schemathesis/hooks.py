"""What the tool must be told about this server beside its document."""
import schemathesis

# A session's stream is open as long as the session lives: the tool would wait for its end.
ENDLESS = {("POST", "/v1/agents/sessions"), ("GET", "/v1/responses/{response_id}")}


@schemathesis.hook
def before_call(context, case, kwargs):
    """Asks for no endless stream, and for the model that needs no network."""
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
