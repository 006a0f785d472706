"""The requests of the providers' own SDKs: Tests/HoldfastModelsTests/Vectors/requests.json.

Each is what an adapter has to send for the same conversation. The SDKs check what they are given: botocore against the
service's model, Anthropic's types by way of pydantic.

    python sent.py            write them
    python sent.py --check    fail when the SDKs would send otherwise; needs anthropic and boto3
"""

import json
import sys

import anthropic
import boto3
import pydantic
from anthropic.types import message_create_params

from answers import ANSWERS
from dialects import anthropic as anthropic_answer, bedrock as bedrock_answer
from record import FILE
from replay import Replay

FILE = FILE.with_name("requests.json")
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
NOTE = {
    "type": "object", "properties": {"input": {"type": "string"}}, "required": ["input"],
    "additionalProperties": False,
}
# `call:2` as ids are made fit.
SECOND = "call_2_95b5b3995da20981"


def anthropic_requests():
    first = [
        {"type": "text", "text": "Hi"},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "UE5H"}},
        {"type": "text", "text": "there"},
    ]
    assistant = [
        {"type": "thinking", "thinking": "hm", "signature": "c2ln"},
        {"type": "text", "text": "Looking."},
        {"type": "tool_use", "id": "call_1", "name": "weather", "input": {"city": "Zürich"}},
        {"type": "tool_use", "id": SECOND, "name": "note", "input": {"input": "free"}},
    ]
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": "SlBH"}}
    results = [
        {"type": "tool_result", "tool_use_id": "call_1", "content": [{"type": "text", "text": "sunny"}, image]},
        {"type": "tool_result", "tool_use_id": SECOND},
    ]
    pdf = {"type": "base64", "media_type": "application/pdf", "data": "UERG"}
    last = [{"type": "text", "text": "And?"}, {"type": "document", "source": pdf, "title": "a.pdf"}]
    messages = [
        {"role": "user", "content": first}, {"role": "assistant", "content": assistant},
        {"role": "user", "content": results + last},
    ]
    weather = {"name": "weather", "description": "The weather.", "input_schema": SCHEMA, "strict": True}
    note = {"name": "note", "input_schema": NOTE}
    full = {
        "model": "anthropic.m-v1:0", "max_tokens": 100, "system": "Be brief.\n\nEarly.\n\nMiddle.", "messages": messages,
        "tools": [weather, note], "tool_choice": {"type": "any"},
        "stop_sequences": ["END"], "thinking": {"type": "adaptive"},
        "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": SCHEMA}},
        "service_tier": "standard_only",
    }
    plain = {
        "model": "m", "max_tokens": 16384,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}],
    }
    narrow = {"model": "m", "max_tokens": 16384, "system": "Early.\n\nMiddle.", "messages": messages, "tools": [note]}
    adapter = pydantic.TypeAdapter(message_create_params.MessageCreateParamsStreaming)
    for name, body in (("full", full), ("plain", plain), ("narrow", narrow)):
        adapter.validate_python({**body, "stream": True})
        with Replay({**anthropic_answer(ANSWERS[0])}) as upstream:
            client = anthropic.Anthropic(api_key="k", base_url=upstream.url, max_retries=0)
            for _ in client.messages.create(**body, stream=True):
                pass
            yield name, upstream.requests[0]


def bedrock_requests():
    first = [
        {"text": "Hi"}, {"image": {"format": "png", "source": {"bytes": b"PNG"}}}, {"text": "there"},
    ]
    assistant = [
        {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "c2ln"}}},
        {"text": "Looking."},
        {"toolUse": {"toolUseId": "call_1", "name": "weather", "input": {"city": "Zürich"}}},
        {"toolUse": {"toolUseId": SECOND, "name": "note", "input": {"input": "free"}}},
    ]
    image = {"image": {"format": "jpeg", "source": {"bytes": b"JPG"}}}
    last = [
        {"toolResult": {"toolUseId": "call_1", "content": [{"text": "sunny"}, image]}},
        {"toolResult": {"toolUseId": SECOND, "content": [{"text": "(no output)"}]}},
        {"text": "And?"},
        {"document": {"format": "pdf", "name": "document 1", "source": {"bytes": b"PDF"}}},
    ]
    messages = [
        {"role": "user", "content": first}, {"role": "assistant", "content": assistant},
        {"role": "user", "content": last},
    ]
    weather = {"name": "weather", "description": "The weather.", "inputSchema": {"json": SCHEMA}, "strict": True}
    note = {"toolSpec": {"name": "note", "inputSchema": {"json": NOTE}}}
    schema = {"name": "place", "description": "Where.", "schema": json.dumps(SCHEMA, separators=(",", ":"))}
    full = {
        "modelId": "anthropic.m-v1:0", "messages": messages,
        "system": [{"text": "Be brief."}, {"text": "Early."}, {"text": "Middle."}],
        "inferenceConfig": {"maxTokens": 100, "temperature": 0.5, "topP": 0.9, "stopSequences": ["END"]},
        "toolConfig": {"tools": [{"toolSpec": weather}, note], "toolChoice": {"any": {}}},
        "outputConfig": {
            "effort": "low", "textFormat": {"type": "json_schema", "structure": {"jsonSchema": schema}}},
        "serviceTier": {"type": "default"},
    }
    plain = {"modelId": "m", "messages": [{"role": "user", "content": [{"text": "Hi"}]}]}
    narrow = {
        "modelId": "m", "messages": messages, "system": [{"text": "Early."}, {"text": "Middle."}],
        "toolConfig": {"tools": [note]},
    }
    for name, body in (("full", full), ("plain", plain), ("narrow", narrow)):
        with Replay(bedrock_answer(ANSWERS[0])) as upstream:
            client = boto3.client(
                "bedrock-runtime", region_name="us-east-1", endpoint_url=upstream.url, aws_access_key_id="AKID",
                aws_secret_access_key="SECRET")
            for _ in client.converse_stream(**body)["stream"]:
                pass
            yield name, upstream.requests[0]


def requests():
    for dialect, sent in (("anthropic", anthropic_requests()), ("bedrock", bedrock_requests())):
        yield dialect, {name: {"path": path, "body": json.loads(body)} for name, (path, _, body) in sent}


if __name__ == "__main__":
    text = json.dumps(dict(requests()), ensure_ascii=False, indent=1) + "\n"
    if "--check" not in sys.argv:
        FILE.write_text(text)
    elif FILE.read_text() != text:
        sys.exit("the SDKs send otherwise than requests.json says")
    else:
        print("upstreams: the SDKs send what requests.json says")
