"""LangChain's standard integration tests for chat models and embeddings."""
import httpx
import pytest
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from langchain_tests.integration_tests import ChatModelIntegrationTests, EmbeddingsIntegrationTests

from conftest import API_KEY, BASE_URL, MODEL


@pytest.fixture(autouse=True)
def no_downloads(monkeypatch):
    """Tests that fetch a picture or a document from the web get one from here."""
    def get(url, **_):
        return httpx.Response(200, content=b"\x89PNG\r\n\x1a\n" + bytes(64), request=httpx.Request("GET", url))

    monkeypatch.setattr(httpx, "get", get)


class _ChatModel(ChatModelIntegrationTests):
    @property
    def chat_model_class(self):
        return ChatOpenAI

    @property
    def chat_model_params(self):
        return {"model": MODEL, "base_url": BASE_URL, "api_key": API_KEY, "stream_usage": True}

    @property
    def supports_image_inputs(self):
        return True

    @property
    def supports_image_urls(self):
        return True

    @property
    def supports_image_tool_message(self):
        return False

    @property
    def supports_pdf_inputs(self):
        return True

    @property
    def supports_audio_inputs(self):
        return True

    @property
    def supports_json_mode(self):
        return True

    @property
    def supports_anthropic_inputs(self):
        return True

    @property
    def model_override_value(self):
        return "scripted"

    @property
    def supported_usage_metadata_details(self):
        return {"invoke": [], "stream": []}


class TestChatCompletions(_ChatModel):
    pass


class TestResponses(_ChatModel):
    @property
    def chat_model_params(self):
        return {**super().chat_model_params, "use_responses_api": True}

    @property
    def supports_audio_inputs(self):
        return False


class TestEmbeddings(EmbeddingsIntegrationTests):
    @property
    def embeddings_class(self):
        return OpenAIEmbeddings

    @property
    def embedding_model_params(self):
        # Without it the client fetches a tokenizer from elsewhere.
        return {
            "model": MODEL, "base_url": BASE_URL, "api_key": API_KEY, "check_embedding_ctx_length": False,
        }
