"""The real server, with an upstream that speaks Responses."""

import re
import subprocess
import threading


class Holdfast:
    def __init__(self, binary, directory, upstream):
        (directory / "holdfast.yaml").write_text(f"""
port: 0
data: {directory}/data
providers:
  recorded:
    api: responses
    base_url: {upstream}
    models: ["rec/*"]
    upstream: {{"rec/*": "*"}}
""")
        self.command = [binary, "serve", "--config", directory / "holdfast.yaml"]
        self.log = ""

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.url = self.key = None
        for line in self.process.stdout:
            self.log += line
            self.url = self.url or next(iter(re.findall(r"http://127\.0\.0\.1:\d+", line)), None)
            self.key = self.key or next(iter(re.findall(r"\b(?:hf|sk)[-_][A-Za-z0-9_-]{16,}", line)), None)
            if self.url and self.key:
                threading.Thread(target=self.drain, daemon=True).start()
                return self
        raise RuntimeError(f"the server did not start:\n{self.log}")

    def drain(self):
        for line in self.process.stdout:
            self.log += line

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)
