"""The real program in front of the recordings: every type of provider, and signatures that botocore makes as well.

    python live.py PROGRAM      needs botocore and openai
"""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import botocore.auth
import openai
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from record import FILE
from replay import Replay

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret/+=", "AWS_SESSION_TOKEN": "token/+="}
SERVICES = {"bedrock": "bedrock", "mantle": "bedrock-mantle"}


def configuration(upstreams):
    return {
        "openai": {"base_url": upstreams["openai"].url + "/v1", "key_env": "A_KEY"},
        "azure": {"type": "azure", "base_url": upstreams["azure"].url, "key_env": "A_KEY"},
        "anthropic": {"type": "anthropic", "base_url": upstreams["anthropic"].url + "/v1", "key_env": "A_KEY"},
        "bedrock": {"type": "bedrock", "base_url": upstreams["bedrock"].url, "region": "eu-central-1"},
        "mantle": {
            "type": "bedrock", "base_url": upstreams["mantle"].url + "/openai/v1", "region": "us-east-1",
            "api": "openai", "signing_name": "bedrock-mantle",
        },
    }


def yaml(providers):
    lines = ["providers:"]
    for name, settings in providers.items():
        lines += [f"  {name}:"] + [f"    {key}: {value}" for key, value in settings.items()]
        lines += [f'    models: ["{name}"]', "    upstream:", f'      {name}: "a.m-v1:0"']
    return "\n".join(lines) + "\n"


class Program:
    def __init__(self, path, config):
        self.folder = tempfile.TemporaryDirectory()
        file = pathlib.Path(self.folder.name) / "c.yaml"
        file.write_text(config)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.log = open(self.folder.name + "/log", "w+")
        data = self.folder.name + "/data"
        self.process = subprocess.Popen(
            [path, "serve", "--config", str(file), "--data", data, "--port", str(port)], stdout=self.log,
            stderr=self.log, env={**os.environ, **KEYS, "A_KEY": "key-of-a-provider"})

    def output(self):
        self.log.seek(0)
        return self.log.read()

    def __enter__(self):
        end = time.monotonic() + 60
        while True:
            assert self.process.poll() is None and time.monotonic() < end, self.output()
            try:
                urllib.request.urlopen(self.url + "/readyz", timeout=1)
                break
            except OSError:
                time.sleep(0.05)
        self.key = re.search(r"hf_\S+", self.output()).group()
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.log.close()
        self.folder.cleanup()


def check_signature(request, service, region):
    """What was sent, signed anew by botocore at the time that was sent."""
    path, fields, body = request
    fields = {name.lower(): value for name, value in fields.items()}
    moment = fields["x-amz-date"]
    signer = botocore.auth.SigV4Auth(Credentials(*KEYS.values()), service, region)
    again = AWSRequest("POST", f"http://{fields['host']}{path}", data=body)
    for name in ("content-type", "host", "x-amz-date", "x-amz-security-token"):
        again.headers[name] = fields[name]
    again.context["timestamp"] = moment
    signature = signer.signature(signer.string_to_sign(again, signer.canonical_request(again)), again)
    assert fields["authorization"].endswith(f"Signature={signature}"), fields["authorization"]
    assert f"/{region}/{service}/aws4_request" in fields["authorization"]
    assert fields["x-amz-security-token"] == KEYS["AWS_SESSION_TOKEN"]


def ask(client, name, stream):
    messages = [{"role": "user", "content": "hi"}]
    answer = client.chat.completions.create(model=name, messages=messages, stream=stream)
    if not stream:
        return answer.choices[0].message.content
    return "".join(chunk.choices[0].delta.content or "" for chunk in answer if chunk.choices)


def run(program):
    recordings = {r["dialect"]: r for r in json.loads(FILE.read_text()) if r["name"] == "text"}
    recordings["mantle"] = recordings["openai"]
    upstreams = {name: Replay(recording).__enter__() for name, recording in recordings.items()}
    with Program(program, yaml(configuration(upstreams))) as server:
        client = openai.OpenAI(api_key=server.key, base_url=server.url + "/v1", max_retries=0)
        for name, upstream in upstreams.items():
            # The recordings are streams; what is passed through comes back as it is.
            for stream in (True, False) if name in ("anthropic", "bedrock") else (True,):
                assert ask(client, name, stream) == recordings[name]["expected"]["text"], name
            for request in upstream.requests:
                if name in SERVICES:
                    check_signature(request, SERVICES[name], "us-east-1" if name == "mantle" else "eu-central-1")
            print(f"live: {name} answers" + (", signed as botocore signs" if name in SERVICES else ""))
        assert "key-of-a-provider" not in server.output()
        assert KEYS["AWS_SECRET_ACCESS_KEY"] not in server.output()
    for upstream in upstreams.values():
        upstream.__exit__()


if __name__ == "__main__":
    run(sys.argv[1])
