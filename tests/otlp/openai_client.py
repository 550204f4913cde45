"""OpenAI's client against a stub on loopback: a tool is asked for and done, and what was said goes out as log records."""

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true"

from openai import OpenAI
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor

from tracing import provider

call = {"id": "call-1", "type": "function", "function": {"name": "look_up_order", "arguments": '{"order": 40117}'}}
answers = [{"content": None, "tool_calls": [call]}, {"content": "It left twice."}]


class Stub(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        message = {"role": "assistant", **answers.pop(0)}
        reason = "tool_calls" if message.get("tool_calls") else "stop"
        answer = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 0,
            "model": "stub-1-2026",
            "choices": [{"index": 0, "finish_reason": reason, "message": message}],
            "usage": {"prompt_tokens": 70, "completion_tokens": 8, "total_tokens": 78},
        }
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


stub = HTTPServer(("127.0.0.1", 0), Stub)
threading.Thread(target=stub.serve_forever, daemon=True).start()
tracer_provider = provider("order-desk")
logger_provider = LoggerProvider(resource=tracer_provider.resource)
logger_provider.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
OpenAIInstrumentor().instrument(tracer_provider=tracer_provider, logger_provider=logger_provider)
client = OpenAI(base_url=f"http://127.0.0.1:{stub.server_port}/v1", api_key="none")
tracer = tracer_provider.get_tracer("desk")
messages = [{"role": "user", "content": "Order 40117 shipped twice"}]
with tracer.start_as_current_span("Answer a customer", attributes={"session.id": "chat-84"}):
    asked = client.chat.completions.create(model="stub-1", messages=messages).choices[0].message
    with tracer.start_as_current_span(
        "execute_tool look_up_order",
        attributes={"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "look_up_order"},
    ):
        result = '{"shipments": 2}'
    messages += [
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call-1", "content": result},
    ]
    client.chat.completions.create(model="stub-1", messages=messages)
logger_provider.shutdown()
tracer_provider.shutdown()
