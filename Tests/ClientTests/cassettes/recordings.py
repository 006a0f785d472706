"""The recorded OpenAI traffic in langchain-openai's source distribution, read as Responses answers."""

import dataclasses
import gzip
import json
import pathlib
import subprocess
import sys
import tarfile

import yaml

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TERMINAL = ("response.completed", "response.incomplete", "response.failed")


@dataclasses.dataclass
class Recording:
    name: str
    body: bytes
    is_stream: bool
    final: dict  # the response as it was at its end
    request: dict

    @property
    def output(self):
        """The items that came out. OpenAI encrypts anew each time it shows an item: the first time, when it is done, is
        what clients of a stream get, and what Holdfast keeps."""
        output = [dict(item) for item in self.final["output"]]
        for event in self.events:
            if event.get("type") == "response.output_item.done" and "encrypted_content" in event["item"]:
                output[event["output_index"]]["encrypted_content"] = event["item"]["encrypted_content"]
        return output

    @property
    def events(self):
        return list(events(self.body)) if self.is_stream else []


def events(body):
    """The JSON events of an event stream; `[DONE]` is none."""
    for line in body.decode().splitlines():
        if line.startswith("data:") and line[5:].strip() != "[DONE]":
            yield json.loads(line[5:])


def download(directory):
    """The cassettes of the newest release, which are downloaded and never kept."""
    command = ["download", "-q", "--no-binary", ":all:", "--no-deps", "-d", directory, "langchain-openai"]
    subprocess.run([sys.executable, "-m", "pip", *command], check=True)
    (archive,) = pathlib.Path(directory).glob("langchain_openai-*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(directory, filter="data")
    (cassettes,) = pathlib.Path(directory).glob("langchain_openai-*/tests/cassettes")
    return cassettes


def _bytes(message):
    body = message.get("body")
    if isinstance(body, dict):
        body = body.get("string")
    if isinstance(body, str):
        body = body.encode()
    body = body or b""
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


def load(cassettes):
    """All recorded answers of the Responses API."""
    found = []
    for path in sorted(pathlib.Path(cassettes).glob("*.yaml.gz")):
        with gzip.open(path) as file:
            cassette = yaml.load(file, Loader)
        for index, (request, response) in enumerate(zip(cassette["requests"], cassette["responses"])):
            recording = _recording(f"{path.name[:-8]}-{index}", request, response)
            if recording:
                found.append(recording)
    return found


def _recording(name, request, response):
    body = _bytes(response)
    final = None
    is_stream = body.startswith((b"event:", b"data:"))
    if is_stream:
        for event in events(body):
            if event.get("type") in TERMINAL:
                final = event["response"]
    elif body.lstrip().startswith(b"{"):
        final = json.loads(body)
    if not final or final.get("object") != "response" or "output" not in final:
        return None
    return Recording(name, body, is_stream, final, json.loads(_bytes(request) or b"{}"))
