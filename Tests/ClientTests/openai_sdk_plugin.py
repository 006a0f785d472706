"""Runs the openai package's own tests against a real server, instead of the mock that they are written for.

The mock answers every request with an example. What cannot hold on a server that does what it is asked is skipped,
with the reason.
"""
import os

import pytest

CANNOT_HOLD = [
    (
        lambda name: "chat/test_completions" in name and "create_with_all_params" in name,
        "one request with max_tokens 0, functions beside tools, moderation, web search and store",
    ),
    (
        lambda name: "chat/test_completions" in name and "create" not in name and "path_params" not in name,
        "stored completions are tested with those of responses, where they are made first",
    ),
    (
        lambda name: "test_models" in name and "_delete" in name and "path_params" not in name,
        "models come from the configuration",
    ),
    (
        lambda name: "test_embeddings" in name and "all_params" not in name and "loose" not in name,
        "the SDK asks for base64 and validates the answer as a list of numbers before it decodes it",
    ),
]


def pytest_collection_modifyitems(items):
    import tests.conftest

    tests.conftest.api_key = os.environ["HOLDFAST_API_KEY"]
    for item in items:
        for applies, reason in CANNOT_HOLD:
            if applies(item.nodeid):
                item.add_marker(pytest.mark.skip(reason=reason))
                break
