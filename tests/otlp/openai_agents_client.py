"""A run of the OpenAI Agents SDK, seen by OpenInference: triage hands over to a teammate, whose first tool call fails."""

import json

from agents import (
    Agent,
    Model,
    ModelResponse,
    Runner,
    Usage,
    function_tool,
    generation_span,
    set_trace_processors,
    trace,
)
from agents.models.chatcmpl_converter import Converter
from openai.types.responses import ResponseFunctionToolCall, ResponseOutputMessage, ResponseOutputText
from openinference.instrumentation import using_attributes
from openinference.instrumentation.openai_agents import OpenAIAgentsInstrumentor

from tracing import provider


def text(words):
    content = [ResponseOutputText(type="output_text", text=words, annotations=[])]
    return ResponseOutputMessage(id="m", type="message", role="assistant", status="completed", content=content)


def call(name, number, **arguments):
    return ResponseFunctionToolCall(
        type="function_call", call_id=f"call-{number}", name=name, arguments=json.dumps(arguments)
    )


def chat(items):
    """The items as messages of the chat API, as the SDK's own chat model reports them."""
    return Converter.items_to_messages(items)


class Scripted(Model):
    """Answers what it was given, one answer a call."""

    def __init__(self, *answers):
        self.answers = list(answers)

    async def get_response(self, system_instructions, input, *_, **__):
        answer = self.answers.pop(0)
        usage = Usage(requests=1, input_tokens=100, output_tokens=20, total_tokens=120)
        with generation_span(model="stub-1") as span:
            asked = [{"role": "system", "content": system_instructions}] if system_instructions else []
            span.span_data.input = asked + chat(input)
            span.span_data.output = chat([answer.model_dump()])
            span.span_data.usage = {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens}
            return ModelResponse(output=[answer], usage=usage, response_id=None)

    def stream_response(self, *_, **__):
        raise NotImplementedError


@function_tool
def create_credit_note(order: int) -> str:
    """Books a credit note."""
    if order < 0:
        raise ValueError("409: period 2026-10 is closed")
    return json.dumps({"credit_note": 7, "order": order})


tracer_provider = provider("refund-desk")
set_trace_processors([])
OpenAIAgentsInstrumentor().instrument(tracer_provider=tracer_provider)
refunds = Agent(
    name="Refunds",
    instructions="You settle refunds.",
    tools=[create_credit_note],
    model=Scripted(
        call("create_credit_note", 1, order=-1),
        call("create_credit_note", 2, order=40117),
        text("Credit note 7 is booked."),
    ),
)
triage = Agent(name="Triage", handoffs=[refunds], model=Scripted(call("transfer_to_refunds", 0)))
with using_attributes(session_id="chat-81", user_id="u-17", metadata={"channel": "web_chat"}, tags=["refund"]):
    with trace("Refund triage"):
        result = Runner.run_sync(triage, "Order 40117 shipped twice")
assert result.final_output == "Credit note 7 is booked."
tracer_provider.shutdown()
