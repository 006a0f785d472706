"""Where the server is, and the model that does what it is told."""
import os

import agents
import openai
import pytest

BASE_URL = os.environ["HOLDFAST_BASE_URL"]
API_KEY = os.environ["HOLDFAST_API_KEY"]
MODEL = "scripted"

agents.set_tracing_disabled(True)


@pytest.fixture
async def client():
    async with openai.AsyncOpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=0) as client:
        agents.set_default_openai_client(client, use_for_tracing=False)
        yield client
