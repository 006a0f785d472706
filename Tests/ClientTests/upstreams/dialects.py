"""The recorded answers in each provider's words: status, header fields and body."""

import base64
import json
import struct
import zlib

from answers import USAGE


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def response(status, body, content_type, fields=None):
    return {"status": status, "fields": {"content-type": content_type, **(fields or {})}, "body": body}


def retry_after(failure):
    return {"retry-after": str(failure["retry_after"])} if "retry_after" in failure else {}


# Chat Completions: OpenAI and Azure.

OPENAI_ERRORS = {
    "rate_limit": (429, "rate_limit_exceeded"),
    "overloaded": (503, "server_overloaded"),
    "authentication": (401, "invalid_api_key"),
    "invalid_request": (400, None),
    "not_found": (404, "model_not_found"),
}


def openai(answer, azure=False):
    failure = answer.get("error")
    if failure:
        status, code = OPENAI_ERRORS[failure["kind"]]
        body = {"error": {"message": failure["message"], "type": "error", "param": None, "code": code}}
        return response(status, compact(body), "application/json", retry_after(failure))
    base = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    chunks = []

    def add(delta, finish=None):
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        if azure:
            choice["content_filter_results"] = {"hate": {"filtered": False, "severity": "safe"}}
        chunks.append({**base, "choices": [choice], "usage": None})

    if azure:
        filters = [{"prompt_index": 0, "content_filter_results": {"hate": {"filtered": False, "severity": "safe"}}}]
        chunks.append({**base, "choices": [], "prompt_filter_results": filters})
    add({"role": "assistant", "content": ""})
    for thought in answer.get("thoughts", []):
        for piece in thought.get("text", []):
            add({"reasoning_content": piece})
    for piece in answer.get("text", []):
        add({"content": piece})
    if "broken" in answer:
        _, code = OPENAI_ERRORS[answer["broken"]["kind"]]
        chunks.append({"error": {"message": answer["broken"]["message"], "type": "error", "code": code}})
        return response(200, "".join(f"data: {compact(c)}\n\n" for c in chunks), "text/event-stream")
    for index, call in enumerate(answer.get("calls", [])):
        function = {"name": call["name"], "arguments": ""}
        add({"tool_calls": [{"index": index, "id": call["id"], "type": "function", "function": function}]})
        for piece in call["arguments"] or ["{}"]:
            add({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
    finish = {"truncated": "length", "refused": "content_filter"}.get(answer.get("stop"))
    add({}, finish or ("tool_calls" if answer.get("calls") else "stop"))
    total = USAGE["fresh"] + USAGE["read"] + USAGE["written"]
    usage = {
        "prompt_tokens": total,
        "completion_tokens": USAGE["output"],
        "total_tokens": total + USAGE["output"],
        "prompt_tokens_details": {"cached_tokens": USAGE["read"]},
    }
    chunks.append({**base, "choices": [], "usage": usage})
    body = "".join(f"data: {compact(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
    return response(200, body, "text/event-stream; charset=utf-8")


def azure(answer):
    return openai(answer, azure=True)


# Anthropic's Messages.

ANTHROPIC_ERRORS = {
    "rate_limit": (429, "rate_limit_error"),
    "overloaded": (529, "overloaded_error"),
    "authentication": (401, "authentication_error"),
    "invalid_request": (400, "invalid_request_error"),
    "not_found": (404, "not_found_error"),
}


def anthropic(answer):
    def error(failure):
        kind = ANTHROPIC_ERRORS[failure["kind"]][1]
        return {"type": "error", "error": {"type": kind, "message": failure["message"]}, "request_id": "req_1"}

    failure = answer.get("error")
    if failure:
        status = ANTHROPIC_ERRORS[failure["kind"]][0]
        return response(status, compact(error(failure)), "application/json", retry_after(failure))
    usage = {
        "input_tokens": USAGE["fresh"],
        "cache_creation_input_tokens": USAGE["written"],
        "cache_read_input_tokens": USAGE["read"],
        "output_tokens": 1,
    }
    message = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": None,
        "stop_sequence": None, "usage": usage,
    }
    events = [{"type": "message_start", "message": message}]
    count = 0

    def block(start, deltas):
        nonlocal count
        events.append({"type": "content_block_start", "index": count, "content_block": start})
        events.append({"type": "ping"})
        events.extend({"type": "content_block_delta", "index": count, "delta": delta} for delta in deltas)
        events.append({"type": "content_block_stop", "index": count})
        count += 1

    for thought in answer.get("thoughts", []):
        if "redacted" in thought:
            block({"type": "redacted_thinking", "data": thought["redacted"]}, [])
            continue
        deltas = [{"type": "thinking_delta", "thinking": piece} for piece in thought["text"]]
        deltas.append({"type": "signature_delta", "signature": thought["signature"]})
        block({"type": "thinking", "thinking": "", "signature": ""}, deltas)
    if "text" in answer:
        block({"type": "text", "text": ""}, [{"type": "text_delta", "text": piece} for piece in answer["text"]])
    if "broken" in answer:
        events.append(error(answer["broken"]))
    else:
        for call in answer.get("calls", []):
            start = {"type": "tool_use", "id": call["id"], "name": call["name"], "input": {}}
            pieces = [""] + call["arguments"]
            block(start, [{"type": "input_json_delta", "partial_json": piece} for piece in pieces])
        stop = {"truncated": "max_tokens", "refused": "refusal"}.get(answer.get("stop"))
        stop = stop or ("tool_use" if answer.get("calls") else "end_turn")
        delta = {"stop_reason": stop, "stop_sequence": None}
        # Cumulative, not to be added.
        usage = {**usage, "output_tokens": USAGE["output"]}
        events.append({"type": "message_delta", "delta": delta, "usage": usage})
        events.append({"type": "message_stop"})
    body = "".join(f"event: {event['type']}\ndata: {compact(event)}\n\n" for event in events)
    return response(200, body, "text/event-stream; charset=utf-8")


# Bedrock's ConverseStream.

BEDROCK_ERRORS = {
    "rate_limit": (429, "ThrottlingException"),
    "overloaded": (503, "ServiceUnavailableException"),
    "authentication": (403, "AccessDeniedException"),
    "invalid_request": (400, "ValidationException"),
    "not_found": (404, "ResourceNotFoundException"),
}


def frame(headers, payload):
    """One message of an application/vnd.amazon.eventstream; headers are strings."""
    block = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
        for name, value in headers.items()
    )
    prelude = struct.pack(">II", 16 + len(block) + len(payload), len(block))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + block + payload
    return message + struct.pack(">I", zlib.crc32(message))


def bedrock(answer):
    failure = answer.get("error")
    if failure:
        status, kind = BEDROCK_ERRORS[failure["kind"]]
        fields = {"x-amzn-errortype": kind + ":http://internal.amazon.com/coral/", **retry_after(failure)}
        return response(status, compact({"message": failure["message"]}), "application/json", fields)
    frames = []

    def event(kind, payload):
        headers = {":event-type": kind, ":content-type": "application/json", ":message-type": "event"}
        frames.append(frame(headers, compact({**payload, "p": "abcdefgh"}).encode()))

    count = 0

    def block(start, deltas):
        nonlocal count
        if start:
            event("contentBlockStart", {"contentBlockIndex": count, "start": start})
        for delta in deltas:
            event("contentBlockDelta", {"contentBlockIndex": count, "delta": delta})
        event("contentBlockStop", {"contentBlockIndex": count})
        count += 1

    event("messageStart", {"role": "assistant"})
    for thought in answer.get("thoughts", []):
        if "redacted" in thought:
            block(None, [{"reasoningContent": {"redactedContent": thought["redacted"]}}])
            continue
        deltas = [{"reasoningContent": {"text": piece}} for piece in thought["text"]]
        block(None, deltas + [{"reasoningContent": {"signature": thought["signature"]}}])
    if "text" in answer:
        block(None, [{"text": piece} for piece in answer["text"]])
    if "broken" in answer:
        kind = BEDROCK_ERRORS[answer["broken"]["kind"]][1]
        headers = {
            ":exception-type": kind[0].lower() + kind[1:], ":content-type": "application/json",
            ":message-type": "exception",
        }
        frames.append(frame(headers, compact({"message": answer["broken"]["message"]}).encode()))
    else:
        for call in answer.get("calls", []):
            start = {"toolUse": {"toolUseId": call["id"], "name": call["name"]}}
            block(start, [{"toolUse": {"input": piece}} for piece in call["arguments"]])
        stop = {"truncated": "max_tokens", "refused": "content_filtered"}.get(answer.get("stop"))
        event("messageStop", {"stopReason": stop or ("tool_use" if answer.get("calls") else "end_turn")})
        usage = {
            "inputTokens": USAGE["fresh"],
            "outputTokens": USAGE["output"],
            "totalTokens": sum(USAGE.values()),
            "cacheReadInputTokens": USAGE["read"],
            "cacheWriteInputTokens": USAGE["written"],
        }
        event("metadata", {"usage": usage, "metrics": {"latencyMs": 5}})
    result = response(200, base64.b64encode(b"".join(frames)).decode(), "application/vnd.amazon.eventstream")
    return {**result, "encoding": "base64"}


DIALECTS = {"openai": openai, "azure": azure, "anthropic": anthropic, "bedrock": bedrock}
