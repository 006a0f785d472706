"""The openai-agents SDK on Holdfast: memory of conversations, tools, streams, handoffs, compaction."""
from agents import Agent, OpenAIConversationsSession, OpenAIResponsesCompactionSession, Runner, SQLiteSession, function_tool

from conftest import MODEL


@function_tool
def lookup(order: int) -> str:
    """Says where an order is."""
    return f"order {order} is at the harbour"


async def test_conversation_remembers_three_turns(client):
    agent = Agent(name="clerk", model=MODEL, tools=[lookup])
    session = OpenAIConversationsSession(openai_client=client)
    first = await Runner.run(agent, "say My name is Ada", session=session)
    assert first.final_output == "My name is Ada"
    second = await Runner.run(
        agent, 'call lookup {"order": 17}\nthen\nrecall order 17 is at the (\\w+)', session=session)
    assert second.final_output == "harbour"
    third = await Runner.run(agent, "recall My name is (\\w+)\nrecall order 17 is at the (\\w+)", session=session)
    assert third.final_output == "Ada\nharbour"
    counted = await Runner.run(agent, "count", session=session)
    assert counted.final_output == "4"

    items = await session.get_items()
    kinds = [item.get("role") or item["type"] for item in items]
    assert kinds == [
        "user", "assistant", "user", "function_call", "function_call_output", "assistant", "user", "assistant", "user",
        "assistant",
    ]
    # Another process that knows the conversation's id goes on with it.
    again = OpenAIConversationsSession(conversation_id=session.session_id, openai_client=client)
    assert (await Runner.run(agent, "recall My name is (\\w+)", session=again)).final_output == "Ada"
    last = await again.pop_item()
    assert last["role"] == "assistant" and len(await again.get_items()) == 11
    await again.clear_session()


async def test_previous_response(client):
    agent = Agent(name="clerk", model=MODEL, tools=[lookup])
    first = await Runner.run(agent, 'call lookup {"order": 3}\nthen\nsay Found', auto_previous_response_id=True)
    assert first.final_output == "Found"
    second = await Runner.run(
        agent, "recall order 3 is at the (\\w+)", previous_response_id=first.last_response_id)
    assert second.final_output == "harbour"


async def test_stream(client):
    agent = Agent(name="clerk", model=MODEL, tools=[lookup])
    run = Runner.run_streamed(agent, 'call lookup {"order": 5}\nthen\nslow 50\nsay one two three')
    deltas, names = [], []
    async for event in run.stream_events():
        if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
            deltas.append(event.data.delta)
        elif event.type == "run_item_stream_event":
            names.append(event.name)
    assert "".join(deltas) == run.final_output == "one two three" and len(deltas) > 1
    assert names == ["tool_called", "tool_output", "message_output_created"]


async def test_handoff(client):
    harbour = Agent(name="harbour", model=MODEL, tools=[lookup])
    desk = Agent(name="desk", model=MODEL, handoffs=[harbour])
    run = await Runner.run(
        desk, 'call transfer_to_harbour {}\nthen\ncall lookup {"order": 9}\nthen\nrecall order 9 is at the (\\w+)')
    assert run.final_output == "harbour"
    assert run.last_agent is harbour


async def test_compaction(client):
    agent = Agent(name="clerk", model=MODEL)
    session = OpenAIResponsesCompactionSession(
        "compacted", SQLiteSession("compacted"), client=client, should_trigger_compaction=lambda _: False)
    # The SDK's check of the name knows OpenAI's models only.
    session.model = MODEL
    for number in range(3):
        await Runner.run(agent, f"say number {number}", session=session)
    assert len(await session.get_items()) == 6
    await session.run_compaction({"force": True})
    items = await session.get_items()
    assert [item["type"] for item in items].count("compaction") == 1
    assert items[-1]["type"] == "compaction"
    assert [item for item in items if item.get("role") == "assistant"] == []
    # What was made shorter is input again.
    answer = await Runner.run(agent, "count", session=session)
    assert int(answer.final_output) >= 1
