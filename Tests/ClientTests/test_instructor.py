"""instructor, which pins an older openai SDK than the other clients, and so has an environment of its own."""
import pytest
from pydantic import BaseModel

from conftest import API_KEY, BASE_URL, MODEL

instructor = pytest.importorskip("instructor")


class Person(BaseModel):
    name: str
    age: int


def client(mode):
    import openai

    return instructor.from_openai(openai.OpenAI(base_url=BASE_URL, api_key=API_KEY), mode=mode)


@pytest.mark.parametrize("mode", ["TOOLS", "JSON", "JSON_SCHEMA", "MD_JSON", "TOOLS_STRICT"])
def test_extract(mode):
    person = client(instructor.Mode[mode]).chat.completions.create(
        model=MODEL, response_model=Person, max_retries=0,
        messages=[{"role": "user", "content": "Jason is 25 years old"}])
    assert (person.name, person.age) == ("Jason", 25)


def test_partial_stream():
    stream = client(instructor.Mode.TOOLS).chat.completions.create_partial(
        model=MODEL, response_model=Person, max_retries=0,
        messages=[{"role": "user", "content": "Jason is 25 years old"}])
    assert list(stream)[-1].name == "Jason"


def test_iterable():
    people = client(instructor.Mode.TOOLS).chat.completions.create_iterable(
        model=MODEL, response_model=Person, max_retries=0,
        messages=[{"role": "user", "content": "Jason is 25 and Anna is 30"}])
    assert [(person.name, person.age) for person in people][:2] == [("Jason", 25), ("Anna", 30)]
