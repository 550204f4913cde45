"""Two runs of a pydantic-ai agent in one conversation: one calls a tool, in the other the tool fails."""

from pydantic_ai import Agent, InstrumentationSettings
from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import FunctionModel
from pydantic_ai.usage import RequestUsage

from tracing import provider

CONVERSATION = "c3a1b2d4-77e8-4f10-8b9a-12f3a4b5c6d7"


def answer(messages, _info):
    last = messages[-1].parts[-1]
    usage = RequestUsage(input_tokens=120, output_tokens=18, cache_read_tokens=64)
    if isinstance(last, ToolReturnPart):
        return ModelResponse(parts=[TextPart("Order 40117 left twice; a refund is on its way.")], usage=usage)
    order = "".join(filter(str.isdigit, str(last.content)))
    call = ToolCallPart("look_up_order", {"order": int(order)}, tool_call_id=f"call-{order}")
    return ModelResponse(parts=[TextPart("Let me look."), call], usage=usage)


tracer_provider = provider("support-desk")
agent = Agent(
    FunctionModel(answer, model_name="stub-1"),
    name="Nora",
    instructions="You help customers of a shop.",
    retries=0,
)
agent.instrument = InstrumentationSettings(tracer_provider=tracer_provider)


@agent.tool_plain
def look_up_order(order: int) -> dict:
    """Finds an order."""
    if order == 40118:
        raise RuntimeError("orders: connection refused")
    return {"order": order, "shipments": 2}


agent.run_sync("Order 40117 shipped twice", conversation_id=CONVERSATION)
try:
    agent.run_sync("And where is 40118?", conversation_id=CONVERSATION)
except RuntimeError:
    pass
tracer_provider.shutdown()
