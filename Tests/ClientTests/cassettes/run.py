"""Replays every recorded Responses answer as an upstream of the real server, and asks for it in each way there is.

    python Tests/ClientTests/cassettes/run.py .build/debug/holdfast [DIRECTORY OF CASSETTES]

Needs pyyaml and httpx. Without a directory the cassettes are downloaded into a temporary one.
"""

import collections
import json
import pathlib
import sys
import tempfile

import httpx

import recordings
from compare import differences
from server import Holdfast
from upstream import Upstream

ENCRYPTED = ["reasoning.encrypted_content"]
LIVE = {"response.output_text.delta": "output_text", "response.refusal.delta": "refusal"}


class Judge:
    def __init__(self, client, upstream):
        self.client = client
        self.upstream = upstream
        self.passed = collections.Counter()
        self.failures = []

    def check(self, way, recording, found):
        found = list(found)
        if found:
            self.failures += [f"{way} {recording.name}: {line}" for line in found]
        else:
            self.passed[way] += 1

    def post(self, body):
        answer = self.client.post("/v1/responses", json=body)
        assert answer.status_code == 200, f"{answer.status_code} {answer.text[:500]}"
        return answer

    def stream(self, body):
        answer = self.post(dict(body, stream=True))
        assert answer.text.endswith("data: [DONE]\n\n"), "the stream does not end with [DONE]"
        return answer.content, list(recordings.events(answer.content))

    def request(self, recording, **more):
        tools = recording.request.get("tools") or []
        return dict(model="rec/" + recording.name, input="hello", include=ENCRYPTED, tools=tools, **more)

    def run(self, recording):
        stored = self.post(self.request(recording)).json()
        self.check("stored", recording, self.response(recording, stored))
        read = self.client.get(f"/v1/responses/{stored['id']}").json()
        self.check("retrieved", recording, [] if read == stored else ["the response differs"])
        _, events = self.stream(self.request(recording))
        self.check("streamed", recording, self.streamed(recording, events))
        # `previous_response_id` makes it a response of this server, though it is not stored.
        _, events = self.stream(self.request(recording, store=False, previous_response_id=self.first))
        self.check("not stored", recording, self.streamed(recording, events))
        self.check("relayed", recording, self.relayed(recording))
        self.check("replayed", recording, self.replayed(recording, stored))
        self.check("other provider", recording, self.moved(recording, stored))

    def response(self, recording, ours):
        yield from differences(recording.output, ours["output"])
        if recording.final["status"] != ours["status"]:
            yield f"status {ours['status']}"
        if recording.final.get("incomplete_details") != ours["incomplete_details"]:
            yield f"incomplete_details {ours['incomplete_details']}"
        for name in ("input_tokens", "output_tokens"):
            if recording.final["usage"][name] != ours["usage"][name]:
                yield f"usage {ours['usage']}"

    def streamed(self, recording, events):
        yield from self.response(recording, events[-1]["response"])
        if [event["sequence_number"] for event in events] != list(range(len(events))):
            yield "the events are not numbered in order"
        items = {"added": {}, "done": {}}
        texts = collections.Counter()
        for event in events:
            kind = event["type"].removeprefix("response.output_item.")
            if kind in items:
                items[kind][event["output_index"]] = event["item"]
            if event["type"] in LIVE:
                texts[event["output_index"]] += 1
        done = [items["done"][index] for index in sorted(items["done"])]
        yield from differences(recording.output, done)
        if sorted(items["added"]) != list(range(len(done))):
            yield f"added {sorted(items['added'])}"
        for index, item in enumerate(done):
            if item["type"] == "message" and not texts[index]:
                yield "a message without a delta"
        if [item["id"] for item in done] != [item["id"] for item in events[-1]["response"]["output"]]:
            yield "ids differ between the events and the response"

    def relayed(self, recording):
        body = dict(self.request(recording, store=False), stream=recording.is_stream)
        answer = self.post(body)
        expected = recording.body
        if recording.is_stream and b"[DONE]" not in expected:
            expected += b"" if expected.endswith(b"\n\n") else b"\n\n"
            expected += b"data: [DONE]\n\n"
        if answer.content != expected:
            yield "the bytes differ"
        sent = dict(body, model=recording.name)
        if self.upstream.requests[-1] != sent:
            yield "the request differs"

    def replayed(self, recording, stored):
        """The next turn shows the upstream everything again."""
        results = [
            {"type": item["type"] + "_output", "call_id": item["call_id"], "output": "done"}
            for item in stored["output"] if item["type"] in ("function_call", "custom_tool_call")
        ]
        self.post({
            "model": "rec/next", "previous_response_id": stored["id"], "include": ENCRYPTED,
            "input": results + [{"role": "user", "content": "and now?"}],
        })
        sent = self.upstream.requests[-1]["input"]
        wanted = [item for item in recording.output if self.is_replayable(item)]
        ours = sent[1:1 + len(wanted)]
        # An input message says its text; its status, and what was cited in it, is not needed again.
        yield from differences([self.as_input(item) for item in wanted], [self.as_input(item) for item in ours])
        if len(sent) != 1 + len(wanted) + len(results) + 1:
            yield f"the next turn has {len(sent)} items"

    @staticmethod
    def is_replayable(item):
        return item["type"] != "reasoning" or bool(item.get("encrypted_content") or item.get("content"))

    @staticmethod
    def as_input(item):
        if item["type"] != "message":
            return item
        texts = [{"type": part["type"], "text": part["text"]} for part in item["content"]]
        return {**item, "content": texts, "status": None}

    def moved(self, recording, stored):
        """Another provider, which knows no such items, can go on as well."""
        answer = self.client.post("/v1/responses", json={
            "model": "scripted", "previous_response_id": stored["id"], "input": "hello again",
        })
        if answer.status_code != 200 or answer.json()["status"] != "completed":
            yield f"{answer.status_code} {answer.text[:200]}"


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as directory:
        cassettes = sys.argv[2] if len(sys.argv) > 2 else recordings.download(directory)
        found = recordings.load(cassettes)
        upstream = Upstream(found)
        with Holdfast(binary, pathlib.Path(directory), upstream.url) as holdfast:
            client = httpx.Client(base_url=holdfast.url, headers={"authorization": f"Bearer {holdfast.key}"}, timeout=60)
            judge = Judge(client, upstream)
            judge.first = judge.post({"model": "scripted", "input": "hi"}).json()["id"]
            for recording in found:
                try:
                    judge.run(recording)
                except Exception as error:
                    judge.failures.append(f"{recording.name}: {type(error).__name__}: {error}")
    kinds = collections.Counter(event["type"] for recording in found for event in recording.events)
    print(f"{len(found)} recordings ({sum(r.is_stream for r in found)} streams, {sum(kinds.values())} events of {len(kinds)} types)")
    print(", ".join(f"{way}: {count}" for way, count in judge.passed.items()))
    print("\n".join(judge.failures[:60]))
    print(f"{sum(judge.passed.values())} passed, {len(judge.failures)} failed")
    sys.exit(1 if judge.failures or not found else 0)


if __name__ == "__main__":
    main()
