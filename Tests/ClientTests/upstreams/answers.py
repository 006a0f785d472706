"""What the recorded upstreams answer, in no provider's dialect."""

TEXT = ["Hel", "lo, w", "örld 🌍."]
THOUGHT = {"text": ["I should ", "greet."], "signature": "c2lnbmF0dXJl"}
USAGE = {"fresh": 40, "read": 60, "written": 10, "output": 20}
WEATHER = {"id": "up_1", "name": "weather", "arguments": ['{"city": "Zür', 'ich"}']}
TIME = {"id": "up_2", "name": "time", "arguments": []}

ANSWERS = [
    {"name": "text", "text": TEXT},
    {"name": "reasoning", "thoughts": [THOUGHT], "text": TEXT},
    {"name": "redacted", "thoughts": [{"redacted": "cmVkYWN0ZWQ="}], "text": TEXT},
    {"name": "tool", "text": ["Let me see."], "calls": [WEATHER]},
    {"name": "parallel", "calls": [WEATHER, TIME]},
    {"name": "thought-tool", "thoughts": [THOUGHT], "calls": [WEATHER]},
    {"name": "truncated", "text": TEXT, "stop": "truncated"},
    {"name": "refused", "text": ["I"], "stop": "refused"},
    {"name": "throttled", "error": {"kind": "rate_limit", "message": "slow down", "retry_after": 7}},
    {"name": "overloaded", "error": {"kind": "overloaded", "message": "too busy"}},
    {"name": "bad-key", "error": {"kind": "authentication", "message": "who are you"}},
    {"name": "bad-request", "error": {"kind": "invalid_request", "message": "no such thing"}},
    {"name": "unknown-model", "error": {"kind": "not_found", "message": "no such model"}},
    {"name": "broken-off", "text": TEXT, "broken": {"kind": "overloaded", "message": "too busy"}},
]

CODES = {
    "rate_limit": ("rate_limit_exceeded", True),
    "overloaded": ("server_overloaded", True),
    "authentication": ("authentication_error", False),
    "invalid_request": ("invalid_request", False),
    "not_found": ("resource_not_found", False),
}


def expected(answer, dialect):
    """What the answer means, and what every judge and every adapter has to make of it."""
    failure = answer.get("error") or answer.get("broken")
    text = "".join(answer.get("text", []))
    if failure:
        code, retry = CODES[failure["kind"]]
        result = {"error": code, "message": failure["message"], "retryable": retry, "before": text}
        if "retry_after" in failure:
            result["retry_after"] = failure["retry_after"] * 1000
        return result
    result = {
        "text": text,
        "reasoning": "".join(piece for thought in answer.get("thoughts", []) for piece in thought.get("text", [])),
        "calls": [
            {"name": call["name"], "arguments": "".join(call["arguments"]) or "{}"} for call in answer.get("calls", [])
        ],
        "stop": answer.get("stop", "tools" if answer.get("calls") else "end"),
        "input": USAGE["fresh"] + USAGE["read"] + USAGE["written"],
        "cached": USAGE["read"],
        "output": USAGE["output"],
    }
    if dialect in ("anthropic", "bedrock"):
        result["written"] = USAGE["written"]
    return result
