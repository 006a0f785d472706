"""A WebSocket of /v1/responses, as a client sees it."""
import json
import os

import pytest
from websockets.sync.client import connect

BASE_URL = os.environ["HOLDFAST_BASE_URL"]
API_KEY = os.environ["HOLDFAST_API_KEY"]
ENDS = ("response.completed", "response.failed", "response.incomplete", "error")


class Socket:
    """A connection, with the messages that it takes and gives."""

    def __init__(self, key=API_KEY):
        self.socket = connect(
            BASE_URL.replace("http", "ws", 1) + "/responses", additional_headers={"Authorization": f"Bearer {key}"},
            max_size=None)

    def send(self, **members):
        self.socket.send(json.dumps({"type": "response.create", "model": "scripted", **members}))

    def receive(self):
        """The events up to the end of one response."""
        events = []
        while not events or events[-1]["type"] not in ENDS:
            events.append(json.loads(self.socket.recv(timeout=20)))
        return events

    def create(self, **members):
        """Asks for a response; its last event."""
        self.send(**members)
        return self.receive()[-1]


@pytest.fixture
def socket():
    socket = Socket()
    yield socket
    socket.socket.close()
