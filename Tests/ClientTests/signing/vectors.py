"""Signatures as botocore makes them: Tests/HoldfastModelsTests/Vectors/sigv4.json.

    python vectors.py            write them
    python vectors.py --check    fail when botocore would sign otherwise; needs botocore
"""

import datetime
import json
import pathlib
import sys
from unittest import mock

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

FILE = pathlib.Path(__file__).resolve().parents[2] / "HoldfastModelsTests/Vectors/sigv4.json"
KEYS = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
MOMENTS = ["2026-11-23T19:15:00", "2024-02-29T23:59:59", "1999-12-31T00:00:01"]

CASES = [
    # service, region, host, path as sent, query, body, session token
    ("bedrock", "us-east-1", "bedrock-runtime.us-east-1.amazonaws.com", "/model/m/converse", "", "{}", None),
    ("bedrock", "eu-central-1", "bedrock-runtime.eu-central-1.amazonaws.com",
     "/model/anthropic.claude-v3%3A0/converse-stream", "", '{"messages":[{"text":"Zürich 🌍"}]}', None),
    ("bedrock", "us-west-2", "bedrock-runtime.us-west-2.amazonaws.com",
     "/model/arn%3Aaws%3Abedrock%3Aus-west-2%3A1%3Ainference-profile%2Fus.m-v1%3A0/converse-stream", "", "x" * 5000,
     "token/with+signs=="),
    ("bedrock-mantle", "us-east-1", "bedrock-mantle.us-east-1.api.aws", "/openai/v1/chat/completions", "", "{}", None),
    ("bedrock", "us-east-1", "127.0.0.1:8080", "/openai/v1/chat/completions", "b=2&a=1", "", "token"),
    ("bedrock", "us-east-1", "localhost", "/a-b_c.d~e/ä".replace("ä", "%C3%A4"), "", "\u0000", None),
]


def sign(service, region, host, path, query, body, token, moment):
    time = datetime.datetime.fromisoformat(moment)
    url = f"https://{host}{path}" + (f"?{query}" if query else "")
    request = AWSRequest("POST", url, data=body.encode(), headers={"content-type": "application/json"})
    request.headers["host"] = host
    with mock.patch("botocore.auth.get_current_datetime", lambda *_, **__: time):
        botocore.auth.SigV4Auth(Credentials(*KEYS, token), service, region).add_auth(request)
    return request.headers["Authorization"]


def vectors():
    for index, (service, region, host, path, query, body, token) in enumerate(CASES):
        moment = MOMENTS[index % len(MOMENTS)]
        time = datetime.datetime.fromisoformat(moment).replace(tzinfo=datetime.timezone.utc)
        yield {
            "service": service, "region": region, "host": host, "path": path, "query": query, "body": body,
            "token": token, "seconds": int(time.timestamp()), "access_key": KEYS[0], "secret_key": KEYS[1],
            "authorization": sign(service, region, host, path, query, body, token, moment),
        }


if __name__ == "__main__":
    text = json.dumps(list(vectors()), indent=1) + "\n"
    if "--check" not in sys.argv:
        FILE.write_text(text)
    elif FILE.read_text() != text:
        sys.exit("botocore signs otherwise than sigv4.json says")
    else:
        print(f"signing: {len(CASES)} signatures are botocore's")
