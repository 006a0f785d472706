"""The Codex command line does a task with a shell call on Holdfast, over HTTP and over a WebSocket."""
import json
import os
import pathlib
import re
import subprocess
import urllib.request

import codex_cli_bin
import pytest

from conftest import API_KEY, BASE_URL, MODEL

CODEX = next(path for path in pathlib.Path(codex_cli_bin.__file__).parent.rglob("codex") if path.is_file())
TASK = """call exec_command {"cmd": "echo from-codex > proof.txt && cat proof.txt"}
then
recall (from-\\w+)
say all done"""


def sockets():
    """How many WebSockets the server has opened since its start."""
    request = urllib.request.Request(
        BASE_URL.removesuffix("/v1") + "/metrics", headers={"Authorization": f"Bearer {API_KEY}"})
    with urllib.request.urlopen(request) as answer:
        return int(re.search(r"^holdfast_websockets_total (\d+)$", answer.read().decode(), re.M).group(1))


@pytest.mark.parametrize("over_websocket", [False, True], ids=["http", "websocket"])
def test_task_with_a_shell_call(over_websocket, tmp_path):
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    (home / "config.toml").write_text(f"""
model = "{MODEL}"
model_provider = "holdfast"
[model_providers.holdfast]
name = "holdfast"
base_url = "{BASE_URL}"
env_key = "HOLDFAST_API_KEY"
wire_api = "responses"
supports_websockets = {str(over_websocket).lower()}
request_max_retries = 0
stream_max_retries = 0
""")
    before = sockets()
    run = subprocess.run(
        [CODEX, "exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", "--json", TASK],
        cwd=work, env={**os.environ, "CODEX_HOME": str(home), "HOLDFAST_API_KEY": API_KEY},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    said = run.stdout + run.stderr
    assert run.returncode == 0, said
    events = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    assert (work / "proof.txt").read_text() == "from-codex\n", said
    assert events[-1]["type"] == "turn.completed", said
    items = [event["item"] for event in events if event["type"] == "item.completed"]
    commands = [item for item in items if item["type"] == "command_execution"]
    assert [command["exit_code"] for command in commands] == [0], said
    messages = [item["text"] for item in items if item["type"] == "agent_message"]
    assert messages == ["from-codex\nall done"], said
    assert (sockets() > before) == over_websocket, said
