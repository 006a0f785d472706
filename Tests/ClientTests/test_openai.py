"""The helpers of the openai SDK for chat: streams that accumulate, and parsed answers."""
import openai
import pytest
from pydantic import BaseModel

from conftest import API_KEY, BASE_URL, MODEL

client = openai.OpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=0)

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "strict": True,
        "parameters": {
            "type": "object",
            "properties": {"location": {"type": "string"}, "unit": {"type": ["string", "null"]}},
            "required": ["location", "unit"],
            "additionalProperties": False,
        },
    },
}


class Person(BaseModel):
    name: str
    age: int


def user(text):
    return [{"role": "user", "content": text}]


def test_stream_helper_accumulates():
    with client.chat.completions.stream(
        model=MODEL, messages=user("say exactly 'one two three'"), logprobs=True, top_logprobs=1,
        stream_options={"include_usage": True},
    ) as stream:
        kinds = [event.type for event in stream]
        final = stream.get_final_completion()
    assert {"chunk", "content.delta", "content.done", "logprobs.content.done"} <= set(kinds)
    assert final.choices[0].message.content == "one two three"
    assert final.choices[0].finish_reason == "stop"
    assert [entry.token for entry in final.choices[0].logprobs.content] == ["one ", "two ", "three"]
    assert final.usage.completion_tokens == 3


def test_stream_helper_accumulates_parallel_calls():
    with client.chat.completions.stream(
        model=MODEL, messages=user("weather in Paris and London"), tools=[WEATHER],
    ) as stream:
        done = [event for event in stream if event.type == "tool_calls.function.arguments.done"]
        calls = stream.get_final_completion().choices[0].message.tool_calls
    assert [event.parsed_arguments["location"] for event in done] == ["Paris", "London"]
    assert [call.function.name for call in calls] == ["get_weather", "get_weather"]
    assert len({call.id for call in calls}) == 2


def test_parse():
    completion = client.chat.completions.parse(
        model=MODEL, messages=user("Jason is 25 years old"), response_format=Person)
    assert completion.choices[0].message.parsed == Person(name="Jason", age=25)


def test_stream_helper_parses():
    with client.chat.completions.stream(
        model=MODEL, messages=user("Jason is 25 years old"), response_format=Person,
    ) as stream:
        stream.until_done()
        assert stream.get_final_completion().choices[0].message.parsed == Person(name="Jason", age=25)


def test_parse_of_a_cut_answer_says_so():
    with pytest.raises(openai.LengthFinishReasonError):
        client.chat.completions.parse(
            model=MODEL, messages=user("the name of him is a b c d e f"), response_format=Person,
            max_completion_tokens=1)


def test_tool_loop():
    messages = user("What is the weather in Rome?")
    first = client.chat.completions.create(model=MODEL, messages=messages, tools=[WEATHER]).choices[0]
    assert first.finish_reason == "tool_calls"
    messages.append(first.message.model_dump(exclude_none=True))
    for call in first.message.tool_calls:
        messages.append({"role": "tool", "tool_call_id": call.id, "content": "sunny"})
    last = client.chat.completions.create(model=MODEL, messages=messages, tools=[WEATHER]).choices[0]
    assert last.finish_reason == "stop" and "sunny" in last.message.content


def test_custom_tool():
    tool = {"type": "custom", "custom": {"name": "note", "description": "", "format": {"type": "text"}}}
    call = client.chat.completions.create(
        model=MODEL, messages=user("note 'hello'"), tools=[tool], tool_choice="required",
    ).choices[0].message.tool_calls[0]
    assert call.type == "custom" and call.custom.input == "hello"


def test_choices():
    answer = client.chat.completions.create(model=MODEL, messages=user("Hello"), n=2)
    assert [choice.index for choice in answer.choices] == [0, 1]


def test_refused_by_name():
    with pytest.raises(openai.BadRequestError) as refusal:
        client.chat.completions.create(model=MODEL, messages=user("Hello"), functions=[{"name": "f"}])
    assert refusal.value.param == "functions"


def test_embeddings():
    texts = ["The cat sat on the mat.", "Cats are sitting on mats", "Stock prices fell sharply"]
    cat, cats, prices = (
        entry.embedding for entry in client.embeddings.create(model=MODEL, input=texts, dimensions=256).data)
    near = lambda left, right: sum(one * other for one, other in zip(left, right))
    assert len(cat) == 256 and abs(near(cat, cat) - 1) < 1e-4
    assert near(cat, cats) > near(cat, prices) + 0.2


def test_models():
    assert MODEL in [model.id for model in client.models.list()]
    assert client.models.retrieve(MODEL).id == MODEL
