"""What all client tests share: where the server is, and which model answers."""
import os

import pytest

BASE_URL = os.environ["HOLDFAST_BASE_URL"]
API_KEY = os.environ["HOLDFAST_API_KEY"]
MODEL = "improv"

# Tests that need /v1/responses run where this is set.
HAS_RESPONSES = os.environ.get("HOLDFAST_CLIENTS_RESPONSES") == "1"


def pytest_collection_modifyitems(items):
    skip = pytest.mark.skip(reason="HOLDFAST_CLIENTS_RESPONSES is not 1")
    for item in items:
        if "responses" in item.keywords and not HAS_RESPONSES:
            item.add_marker(skip)
