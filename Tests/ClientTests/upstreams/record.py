"""Writes the recordings that the adapters are tested with: Tests/HoldfastModelsTests/Vectors/upstreams.json.

    python record.py            write them
    python record.py --check    fail when the file is not what would be written
"""

import json
import pathlib
import sys

from answers import ANSWERS, expected
from dialects import DIALECTS

FILE = pathlib.Path(__file__).resolve().parents[2] / "HoldfastModelsTests/Vectors/upstreams.json"


def recordings():
    for dialect, write in DIALECTS.items():
        for answer in ANSWERS:
            # Chat Completions has no word for thoughts that nobody may read.
            if answer["name"] == "redacted" and dialect in ("openai", "azure"):
                continue
            result = {"dialect": dialect, "name": answer["name"], **write(answer)}
            yield {**result, "expected": expected(answer, dialect), "thoughts": answer.get("thoughts", [])}


if __name__ == "__main__":
    text = json.dumps(list(recordings()), ensure_ascii=False, indent=1) + "\n"
    if "--check" not in sys.argv:
        FILE.write_text(text)
    elif FILE.read_text() != text:
        sys.exit(f"{FILE} is not what record.py writes")
