"""Runs the openai package's own tests of responses, conversations and stored completions against a real server.

They are written for a mock that answers every request with an example: they name things that are nowhere. A proxy in
front of the server puts a thing that was just made in the place of each such name, and the key in its header; nothing
else of a request or an answer is changed. What then still cannot hold is listed here with the reason, and must be
refused with the code that stands beside it: everything else must pass.
"""
import http.client
import http.server
import json
import os
import re
import threading
import urllib.parse

import pytest

SERVER = urllib.parse.urlsplit(os.environ["HOLDFAST_BASE_URL"])
KEY = os.environ["HOLDFAST_API_KEY"]
MODEL = "scripted"

# What a test's id has, the code and parameter of the refusal ("" when there is none), and why it cannot hold.
CANNOT_HOLD = [
    (
        r"chat/completions/test_messages\.py.*(method|raw_response|streaming_response)_list\[", "",
        "the messages of a request are the user's; the package's type knows only those of an assistant",
    ),
    (
        r"test_responses\.py.*_create_overload_[12]\[", "missing_required_parameter model",
        "a response needs a model, and these requests are empty",
    ),
    (
        r"test_responses\.py.*create_with_all_params", "not_implemented prompt",
        "a prompt template of nobody's, beside a conversation and a previous response, which exclude each other",
    ),
    (
        r"test_responses\.py.*(method|raw_response|streaming_response)_compact\[", "missing_required_parameter input",
        "there is nothing to make shorter: neither an input nor a previous response",
    ),
    (
        r"test_responses\.py.*compact_with_all_params", "",
        "the messages of the user stay in what was made shorter; the package's type has no place for them",
    ),
    (
        r"test_input_tokens\.py.*count_with_all_params", "mutually_exclusive_parameters previous_response_id",
        "a conversation and a previous response exclude each other",
    ),
    (
        r"(test_(input_items|items|messages)|chat/test_completions)\.py.*list_with_all_params", "invalid_value limit",
        "a page of no entries; the contract has 1 to 100",
    ),
]


def call(method, path, body=None):
    """One request to the server; its answer, if it has one."""
    connection = http.client.HTTPConnection(SERVER.netloc)
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status < 300, text
    return json.loads(text) if text else None


def response(cancellable):
    """A stored response; one that can be cancelled is still being made."""
    script = "wait 5000\nsay late" if cancellable else "say hello"
    return call("POST", "/v1/responses", {"model": MODEL, "input": script, "background": cancellable})["id"]


def conversation():
    """A conversation and the id of its item."""
    made = call("POST", "/v1/conversations", {"items": [{"role": "user", "content": "hello"}]})["id"]
    return made, call("GET", f"/v1/conversations/{made}/items")["data"][0]["id"]


def completion():
    """A stored chat completion."""
    body = {"model": MODEL, "messages": [{"role": "user", "content": "say hello"}], "store": True}
    return call("POST", "/v1/chat/completions", body)["id"]


def real_path(path):
    """A path in which the names stand for things that exist."""
    path = path.replace("/responses/response_id/", "/responses/resp_677efb5139a88190b512bc3fef8e535d/")
    if "resp_677efb5139a88190b512bc3fef8e535d" in path:
        made = response(cancellable=path.endswith("/cancel"))
        path = path.replace("resp_677efb5139a88190b512bc3fef8e535d", made)
    if "/completion_id" in path:
        path = path.replace("/completion_id", "/" + completion())
    if "conv_123" in path:
        made, item = conversation()
        path = path.replace("conv_123", made).replace("msg_abc", item)
    return path


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    refusals = []

    def forward(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        body = body.replace(b"gpt-6-astra", MODEL.encode())
        if b"resp_123" in body:
            body = body.replace(b"resp_123", response(cancellable=False).encode())
        kept = ("host", "authorization", "content-length", "connection", "accept-encoding")
        headers = {name: value for name, value in self.headers.items() if name.lower() not in kept}
        headers["Authorization"] = f"Bearer {KEY}"
        connection = http.client.HTTPConnection(SERVER.netloc)
        connection.request(self.command, real_path(self.path), body or None, headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status >= 400:
            Proxy.refusals.append(json.loads(text)["error"])
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_DELETE = forward

    def log_message(self, *_):
        pass


# The tests' own conftest reads the address when it is loaded.
proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
threading.Thread(target=proxy.serve_forever, daemon=True).start()
os.environ["TEST_API_BASE_URL"] = f"http://127.0.0.1:{proxy.server_port}/v1"


def expected(name):
    return next(((code, why) for part, code, why in CANNOT_HOLD if re.search(part, name)), None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """A test that cannot hold must end in the refusal that is written down for it."""
    Proxy.refusals.clear()
    refusal = expected(item.nodeid)
    try:
        outcome = yield
    except Exception:
        codes = {f"{error['code']} {error['param']}" for error in Proxy.refusals} or {""}
        if refusal is None or refusal[0] not in codes:
            print("refusals:", Proxy.refusals)
            raise
        pytest.xfail(refusal[1])
    if refusal is not None:
        pytest.fail("this test holds now: take it out of CANNOT_HOLD")
    return outcome
