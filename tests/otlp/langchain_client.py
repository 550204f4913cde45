"""A LangChain agent, seen by OpenLLMetry: the model calls a tool, then answers."""

from langchain.agents import create_agent
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from opentelemetry.instrumentation.langchain import LangchainInstrumentor

from tracing import provider


class Stub(GenericFakeChatModel):
    """Says what it was given; it knows its tools already."""

    def bind_tools(self, *_, **__):
        return self


def look_up_order(order: int) -> str:
    """Finds an order."""
    return f"order {order}: 2 shipments"


tracer_provider = provider("support-graph")
LangchainInstrumentor().instrument(tracer_provider=tracer_provider)
call = {"name": "look_up_order", "args": {"order": 40117}, "id": "call-1"}
usage = {"input_tokens": 90, "output_tokens": 11, "total_tokens": 101}
answers = [
    AIMessage(content="", tool_calls=[call], usage_metadata=usage),
    AIMessage(content="It left twice.", usage_metadata=usage),
]
agent = create_agent(Stub(messages=iter(answers)), tools=[look_up_order], name="Nora")
agent.invoke(
    {"messages": [{"role": "user", "content": "Order 40117 shipped twice"}]},
    {"configurable": {"thread_id": "chat-83"}, "metadata": {"channel": "web_chat"}},
)
tracer_provider.shutdown()
