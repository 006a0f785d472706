"""A loopback server that answers `POST /v1/responses` with recordings, by the name of the model."""

import http.server
import json
import threading

# What follows on a recording, for the turn that comes after it.
ANSWER = {
    "id": "resp_next", "object": "response", "status": "completed", "error": None, "incomplete_details": None,
    "output": [{"id": "msg_next", "type": "message", "role": "assistant", "status": "completed",
                "content": [{"type": "output_text", "text": "next", "annotations": []}]}],
    "usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2},
}


class Upstream:
    def __init__(self, recordings):
        self.recordings = {recording.name: recording for recording in recordings}
        self.requests = []
        upstream = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                request = json.loads(self.rfile.read(int(self.headers["content-length"])))
                upstream.requests.append(request)
                recording = upstream.recordings.get(request["model"])
                if self.path != "/v1/responses":
                    return self.answer(404, "application/json", b"{}")
                if recording is None:
                    return self.answer(200, "application/json", json.dumps(ANSWER).encode())
                kind = "text/event-stream" if recording.is_stream else "application/json"
                self.answer(200, kind, recording.body)

            def answer(self, status, kind, body):
                self.send_response(status)
                self.send_header("content-type", kind)
                # In uneven pieces, as networks cut it.
                self.send_header("transfer-encoding", "chunked")
                self.end_headers()
                for start in range(0, len(body), 1_000):
                    piece = body[start:start + 1_000]
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                self.wfile.write(b"0\r\n\r\n")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
