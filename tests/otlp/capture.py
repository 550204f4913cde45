"""Takes whatever a client exports and keeps each request body, inflated, as a fixture.

    capture.py FOLDER PREFIX COMMAND...

runs COMMAND with OTEL_EXPORTER_OTLP_ENDPOINT set to a server on loopback and writes FOLDER/PREFIX-1.pb (or .json), and
so on, in the order of arrival.
"""

import gzip
import os
import pathlib
import subprocess
import sys
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

folder, prefix, command = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
bodies = []
INFLATE = {"gzip": gzip.decompress, "deflate": zlib.decompress}


def chunks(stream):
    while size := int(stream.readline().split(b";")[0], 16):
        yield stream.read(size)
        stream.readline()
    stream.readline()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b"".join(chunks(self.rfile))
        else:
            body = self.rfile.read(int(self.headers["Content-Length"]))
        body = INFLATE.get(self.headers.get("Content-Encoding"), bytes)(body)
        media = self.headers["Content-Type"].split(";")[0]
        bodies.append((self.path, "json" if media == "application/json" else "pb", body))
        answer = b"{}" if media == "application/json" else b""
        self.send_response(200)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
environment = os.environ | {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{server.server_port}"}
code = subprocess.run(command, env=environment, check=False).returncode
folder.mkdir(parents=True, exist_ok=True)
for number, (path, ending, body) in enumerate(bodies, 1):
    file = folder / f"{prefix}-{number}.{ending}"
    file.write_bytes(body)
    print(path, file.name, len(body))
sys.exit(code)
