"""Responses over WebSockets: what the protocol promises, and what it refuses."""
import json

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from conftest import Socket


def text(event):
    assert event["type"] == "response.completed", event
    return event["response"]["output"][-1]["content"][0]["text"]


def refusal(event):
    assert event["type"] == "error", event
    return event["status"], event["error"]["code"]


def test_events_are_those_of_the_stream(socket):
    socket.send(input="say one two", store=False)
    events = socket.receive()
    assert [event["type"] for event in events if "delta" not in event["type"]] == [
        "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
        "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed",
    ]
    assert [event["sequence_number"] for event in events] == list(range(len(events)))


def test_warm_up_makes_nothing_and_is_continued(socket):
    socket.send(input="first", store=False, generate=False)
    events = socket.receive()
    assert [event["type"] for event in events] == ["response.created", "response.in_progress", "response.completed"]
    warm = events[-1]["response"]
    assert warm["output"] == []
    assert text(socket.create(input="count", store=False, previous_response_id=warm["id"])) == "2"


def test_unstored_responses_are_continued_on_their_connection(socket):
    last = socket.create(input="say My name is Ada", store=False)["response"]["id"]
    answer = socket.create(input="recall My name is (\\w+)", store=False, previous_response_id=last)
    assert text(answer) == "Ada"
    assert text(socket.create(input="count", store=False, previous_response_id=answer["response"]["id"])) == "3"


def test_a_function_call_is_answered(socket):
    tools = [{"type": "function", "name": "lookup", "parameters": {"type": "object"}}]
    asked = socket.create(input='call lookup {}\nthen\nrecall at the (\\w+)', store=False, tools=tools)["response"]
    call = asked["output"][0]
    assert call["type"] == "function_call"
    result = {"type": "function_call_output", "call_id": call["call_id"], "output": "at the harbour"}
    assert text(socket.create(input=[result], store=False, tools=tools, previous_response_id=asked["id"])) == "harbour"


def test_a_failed_continuation_forgets_what_it_continued(socket):
    first = socket.create(input="say one", store=False)["response"]["id"]
    failed = socket.create(input="fail 400", store=False, previous_response_id=first)
    assert failed["type"] == "response.failed"
    assert refusal(socket.create(input="count", store=False, previous_response_id=first)) == (
        400, "previous_response_not_found")


def test_a_refused_continuation_forgets_what_it_continued(socket):
    first = socket.create(input="say one", store=False)["response"]["id"]
    refused = socket.create(input="count", store=False, temperature=9, previous_response_id=first)
    assert refusal(refused) == (400, "invalid_value") and refused["error"]["param"] == "temperature"
    assert refusal(socket.create(input="count", store=False, previous_response_id=first)) == (
        400, "previous_response_not_found")


def test_a_new_connection_knows_only_what_is_stored(socket):
    unstored = socket.create(input="say one", store=False)["response"]["id"]
    stored = socket.create(input="say two")["response"]["id"]
    other = Socket()
    assert refusal(other.create(input="count", store=False, previous_response_id=unstored)) == (
        400, "previous_response_not_found")
    assert text(other.create(input="count", previous_response_id=stored)) == "2"
    other.socket.close()


def test_requests_that_wait_are_answered_one_after_the_other(socket):
    for number in range(4):
        socket.send(input=f"wait {40 - 10 * number}\nsay number {number}", store=number % 2 == 0)
    answers = [socket.receive() for _ in range(4)]
    assert [text(events[-1]) for events in answers] == [f"number {number}" for number in range(4)]
    ids = [events[0]["response"]["id"] for events in answers]
    assert len(set(ids)) == 4
    for events, response in zip(answers, ids):
        assert {event["response"]["id"] for event in events if "response" in event} == {response}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("nonsense", "invalid_json"), ("[1]", "invalid_json"), ("{}", "missing_required_parameter"),
        ('{"type": "response.cancel"}', "invalid_value"),
        ('{"type": "response.create", "input": "x"}', "missing_required_parameter"),
        ('{"type": "response.create", "model": "nobody", "input": "x"}', "model_not_found"),
    ])
def test_a_wrong_message_is_refused_and_the_connection_stays(socket, message, code):
    socket.socket.send(message)
    assert refusal(socket.receive()[-1])[1] == code
    assert text(socket.create(input="say still here", store=False)) == "still here"


@pytest.mark.parametrize("key", ["hf_wrong_key", ""])
def test_without_a_key_there_is_no_socket(key):
    with pytest.raises(InvalidStatus) as refused:
        Socket(key)
    assert refused.value.response.status_code == 401
    assert json.loads(refused.value.response.body)["error"]["code"] == "invalid_api_key"


def test_a_message_that_is_too_large_closes_with_1009(socket):
    piece = "x" * (1 << 20)
    with pytest.raises(ConnectionClosed) as closed:
        # Many frames: together they are more than a request may be.
        socket.socket.send(piece for _ in range(12))
        socket.socket.recv(timeout=20)
    assert closed.value.rcvd.code == 1009


def test_bytes_are_no_message(socket):
    socket.socket.send(b"{}")
    with pytest.raises(ConnectionClosed) as closed:
        socket.socket.recv(timeout=20)
    assert closed.value.rcvd.code == 1007


def test_pings_are_answered(socket):
    assert socket.socket.ping().wait(10)
