"""Clients that stand on the openai SDK, or beside it: a text, a tool call and a structured answer with each."""
import json

import pytest
from pydantic import BaseModel

from conftest import API_KEY, BASE_URL, MODEL


class Person(BaseModel):
    name: str
    age: int


class TestPydanticAI:
    def agent(self, **settings):
        from pydantic_ai import Agent
        from pydantic_ai.models.openai import OpenAIChatModel
        from pydantic_ai.providers.openai import OpenAIProvider

        return Agent(OpenAIChatModel(MODEL, provider=OpenAIProvider(base_url=BASE_URL, api_key=API_KEY)), **settings)

    async def test_text(self):
        result = await self.agent().run("Reply with exactly: pong")
        assert result.output == "pong" and result.usage.output_tokens == 1

    async def test_stream(self):
        async with self.agent().run_stream("say exactly 'one two three'") as result:
            pieces = [piece async for piece in result.stream_text(delta=True)]
        assert "".join(pieces) == "one two three"

    async def test_tool(self):
        agent = self.agent()
        asked = []

        @agent.tool_plain
        def get_weather(location: str) -> str:
            """The weather at a place."""
            asked.append(location)
            return "sunny"

        result = await agent.run("What is the weather in Rome?")
        assert asked == ["Rome"] and "sunny" in result.output

    async def test_structured(self):
        result = await self.agent(output_type=Person).run("Jason is 25 years old")
        assert result.output == Person(name="Jason", age=25)

    async def test_structured_after_a_tool(self):
        class Report(BaseModel):
            city: str
            temperature: int

        agent = self.agent(output_type=Report)

        @agent.tool_plain
        def get_weather(city: str) -> dict:
            """The weather in a city."""
            return {"city": city, "temperature": 21}

        result = await agent.run("What is the weather in Rome?")
        assert result.output == Report(city="Rome", temperature=21)

    @pytest.mark.parametrize("kind", ["NativeOutput", "PromptedOutput"])
    async def test_other_structured(self, kind):
        import pydantic_ai

        output = getattr(pydantic_ai, kind)(Person)
        result = await self.agent(output_type=output).run("Jason is 25 years old")
        assert result.output == Person(name="Jason", age=25)


class TestLiteLLM:
    def complete(self, text, **more):
        import litellm

        litellm.telemetry = False
        return litellm.completion(
            model=f"openai/{MODEL}", api_base=BASE_URL, api_key=API_KEY,
            messages=[{"role": "user", "content": text}], **more)

    def test_text(self):
        answer = self.complete("Reply with exactly: pong")
        assert answer.choices[0].message.content == "pong" and answer.usage.total_tokens > 1

    def test_stream(self):
        chunks = self.complete("say exactly 'one two three'", stream=True)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "one two three"

    def test_tool(self):
        parameters = {"type": "object", "properties": {"location": {"type": "string"}}, "required": ["location"]}
        tool = {"type": "function", "function": {"name": "get_weather", "parameters": parameters}}
        call = self.complete("weather in Rome", tools=[tool]).choices[0].message.tool_calls[0]
        assert json.loads(call.function.arguments) == {"location": "Rome"}

    def test_structured(self):
        answer = self.complete("Jason is 25 years old", response_format=Person)
        assert Person.model_validate_json(answer.choices[0].message.content) == Person(name="Jason", age=25)

    def test_embedding(self):
        import litellm

        answer = litellm.embedding(model=f"openai/{MODEL}", api_base=BASE_URL, api_key=API_KEY, input=["a", "b"])
        assert [len(entry["embedding"]) for entry in answer.data] == [1536, 1536]


class TestLLM:
    """The `llm` command's library, with the settings that its file `extra-openai-models.yaml` would give."""

    def model(self):
        from llm.default_plugins.openai_models import Chat

        model = Chat(
            MODEL, model_name=MODEL, api_base=BASE_URL, supports_schema=True, supports_tools=True, can_stream=True)
        model.key = API_KEY
        return model

    def test_text(self):
        assert self.model().prompt("Reply with exactly: pong").text() == "pong"

    def test_conversation(self):
        conversation = self.model().conversation()
        conversation.prompt("My name is Ada.").text()
        assert "Ada" in conversation.prompt("What is my name?").text()

    def test_tool(self):
        def multiply(a: int, b: int) -> int:
            """Multiply two numbers."""
            return a * b

        chain = self.model().chain("multiply 6 by 7", tools=[multiply])
        assert "42" in chain.text()

    def test_structured(self):
        answer = self.model().prompt("Jason is 25 years old", schema=Person)
        assert json.loads(answer.text()) == {"name": "Jason", "age": 25}
