"""A loopback server that answers every request with one recording, and keeps what it was asked."""

import base64
import http.server
import threading


class Replay:
    def __init__(self, recording):
        self.requests = []
        body = recording["body"]
        data = base64.b64decode(body) if recording.get("encoding") == "base64" else body.encode()
        replay = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                asked = self.rfile.read(int(self.headers.get("content-length", 0)))
                replay.requests.append((self.path, dict(self.headers), asked))
                self.send_response(recording["status"])
                for name, value in recording["fields"].items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
