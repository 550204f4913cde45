"""A Strands agent: a tool is asked for and done, and what was said goes out as events of the spans."""

from opentelemetry.trace import set_tracer_provider
from strands import Agent, tool
from strands.models import Model

from tracing import provider

CALL = {"toolUseId": "call-1", "name": "look_up_order"}
ANSWERS = [
    ("tool_use", {"start": {"toolUse": CALL}}, {"toolUse": {"input": '{"order": 40117}'}}),
    ("end_turn", {"start": {}}, {"text": "It left twice."}),
]


class Stub(Model):
    """Says what it was given, one answer a call."""

    answers = iter(ANSWERS)

    def update_config(self, **_):
        pass

    def get_config(self):
        return {"model_id": "stub-1"}

    async def structured_output(self, *_, **__):
        raise NotImplementedError
        yield

    async def stream(self, *_, **__):
        reason, start, delta = next(self.answers)
        yield {"messageStart": {"role": "assistant"}}
        yield {"contentBlockStart": start}
        yield {"contentBlockDelta": {"delta": delta}}
        yield {"contentBlockStop": {}}
        yield {"messageStop": {"stopReason": reason}}
        usage = {"inputTokens": 50, "outputTokens": 5, "totalTokens": 55}
        yield {"metadata": {"usage": usage, "metrics": {"latencyMs": 1}}}


@tool
def look_up_order(order: int) -> str:
    """Finds an order."""
    return f"order {order}: 2 shipments"


tracer_provider = provider("strands-desk")
set_tracer_provider(tracer_provider)
attributes = {"session.id": "chat-85", "user.id": "u-17"}
agent = Agent(model=Stub(), tools=[look_up_order], name="Nora", callback_handler=None, trace_attributes=attributes)
agent("Order 40117 shipped twice")
tracer_provider.shutdown()
