"""Lets the providers' own SDKs read the recordings: what they make of them must be what the adapters are held to.

    python judge.py     needs anthropic, boto3 and openai
"""

import json
import sys

import anthropic
import boto3
import botocore.config
import botocore.exceptions
import openai

from record import FILE
from replay import Replay

STOPS = {
    "end": ("stop", "end_turn", "end_turn"),
    "tools": ("tool_calls", "tool_use", "tool_use"),
    "truncated": ("length", "max_tokens", "max_tokens"),
    "refused": ("content_filter", "refusal", "content_filtered"),
}
STATUS = {
    "rate_limit_exceeded": (429,), "server_overloaded": (503, 529), "authentication_error": (401, 403),
    "invalid_request": (400,), "resource_not_found": (404,),
}


def ask_anthropic(url, seen):
    client = anthropic.Anthropic(api_key="k", base_url=url, max_retries=0)
    body = {"model": "m", "max_tokens": 10, "messages": [{"role": "user", "content": "hi"}]}
    with client.messages.stream(**body) as stream:
        for piece in stream.text_stream:
            seen.append(piece)
        message = stream.get_final_message()
    blocks = message.content
    usage = message.usage
    thoughts = [
        {"redacted": block.data} if block.type == "redacted_thinking"
        else {"text": block.thinking, "signature": block.signature}
        for block in blocks if block.type in ("thinking", "redacted_thinking")
    ]
    return {
        "text": "".join(block.text for block in blocks if block.type == "text"),
        "calls": [(block.name, block.input) for block in blocks if block.type == "tool_use"],
        "stop": message.stop_reason,
        "input": usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens,
        "cached": usage.cache_read_input_tokens,
        "written": usage.cache_creation_input_tokens,
        "output": usage.output_tokens,
        "thoughts": thoughts,
    }


def ask_bedrock(url, seen):
    client = boto3.client(
        "bedrock-runtime", region_name="us-east-1", endpoint_url=url, aws_access_key_id="AKID",
        aws_secret_access_key="SECRET", config=botocore.config.Config(retries={"total_max_attempts": 1}))
    answer = client.converse_stream(modelId="m:0", messages=[{"role": "user", "content": [{"text": "hi"}]}])
    result = {"calls": [], "thoughts": []}
    for event in answer["stream"]:
        if "contentBlockStart" in event:
            result["calls"].append([event["contentBlockStart"]["start"]["toolUse"]["name"], ""])
        delta = event.get("contentBlockDelta", {}).get("delta", {})
        if "text" in delta:
            seen.append(delta["text"])
        if "toolUse" in delta:
            result["calls"][-1][1] += delta["toolUse"]["input"]
        thought = delta.get("reasoningContent", {})
        if "text" in thought:
            if not result["thoughts"]:
                result["thoughts"].append({"text": "", "signature": ""})
            result["thoughts"][-1]["text"] += thought["text"]
        if "signature" in thought:
            result["thoughts"][-1]["signature"] += thought["signature"]
        if "redactedContent" in thought:
            import base64
            result["thoughts"].append({"redacted": base64.b64encode(thought["redactedContent"]).decode()})
        if "messageStop" in event:
            result["stop"] = event["messageStop"]["stopReason"]
        if "metadata" in event:
            usage = event["metadata"]["usage"]
            cached, written = usage["cacheReadInputTokens"], usage["cacheWriteInputTokens"]
            result |= {"cached": cached, "written": written, "output": usage["outputTokens"]}
            result["input"] = usage["totalTokens"] - usage["outputTokens"]
    result["text"] = "".join(seen)
    result["calls"] = [(name, json.loads(text or "{}")) for name, text in result["calls"]]
    return result


def ask_chat(client, seen):
    request = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
    result = {"thoughts": None}
    calls = {}
    for chunk in client.chat.completions.create(stream=True, stream_options={"include_usage": True}, **request):
        if chunk.usage:
            result["input"] = chunk.usage.prompt_tokens
            result["cached"] = chunk.usage.prompt_tokens_details.cached_tokens
            result["output"] = chunk.usage.completion_tokens
        for choice in chunk.choices:
            if choice.delta.content:
                seen.append(choice.delta.content)
            for call in choice.delta.tool_calls or []:
                known = calls.setdefault(call.index, [call.function.name, ""])
                known[1] += call.function.arguments or ""
            result["stop"] = choice.finish_reason or result.get("stop")
    result["text"] = "".join(seen)
    result["calls"] = [(name, json.loads(text)) for name, text in calls.values()]
    return result


def ask(dialect, url, seen):
    if dialect == "anthropic":
        return ask_anthropic(url, seen)
    if dialect == "bedrock":
        return ask_bedrock(url, seen)
    if dialect == "openai":
        return ask_chat(openai.OpenAI(api_key="k", base_url=url + "/v1", max_retries=0), seen)
    client = openai.AzureOpenAI(api_key="k", azure_endpoint=url, api_version="2024-10-21", max_retries=0)
    return ask_chat(client, seen)


def failure(error):
    """The status and the message that an SDK's error carries."""
    if isinstance(error, botocore.exceptions.ClientError):
        # What comes in the stream has a code and no status.
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        return status or error.response["Error"]["Code"], str(error)
    return getattr(error, "status_code", None), str(error)


def judge(recording):
    dialect, expected = recording["dialect"], recording["expected"]
    seen = []
    with Replay(recording) as upstream:
        try:
            found = ask(dialect, upstream.url, seen)
        except (anthropic.APIError, openai.APIError, botocore.exceptions.ClientError) as error:
            status, message = failure(error)
            assert "error" in expected, f"unexpected {error!r}"
            assert expected["message"] in message, message
            assert "".join(seen) == expected["before"], seen
            if not expected["before"]:
                assert status in STATUS[expected["error"]], status
            return
    assert "error" not in expected, f"no error, but {found}"
    place = {"openai": 0, "azure": 0, "anthropic": 1, "bedrock": 2}[dialect]
    assert found["stop"] == STOPS[expected["stop"]][place], found["stop"]
    calls = [(call["name"], json.loads(call["arguments"])) for call in expected["calls"]]
    assert found["calls"] == calls, found["calls"]
    for name in ("text", "input", "cached", "written", "output"):
        if name in expected:
            assert found[name] == expected[name], (name, found[name])
    if found["thoughts"] is not None:
        thoughts = [
            {**thought, "text": "".join(thought["text"])} if "text" in thought else thought
            for thought in recording["thoughts"]
        ]
        assert found["thoughts"] == thoughts, found["thoughts"]


if __name__ == "__main__":
    recordings = json.loads(FILE.read_text())
    wrong = 0
    for recording in recordings:
        try:
            judge(recording)
        except Exception as error:
            wrong += 1
            print(f"{recording['dialect']} {recording['name']}: {type(error).__name__}: {error}")
    print(f"upstreams: {len(recordings) - wrong} of {len(recordings)} recordings mean to the SDKs what they should")
    sys.exit(1 if wrong else 0)
