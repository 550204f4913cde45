// A run of Vercel's AI SDK, sent as JSON: a model calls a tool, then answers.

import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { generateText, stepCountIs, tool } from "ai";
import { MockLanguageModelV3 } from "ai/test";
import { z } from "zod";

const usage = (input, cached, output) => ({
    inputTokens: { total: input, noCache: input - cached, cacheRead: cached, cacheWrite: 0 },
    outputTokens: { total: output, text: output, reasoning: 0 },
});
const answers = [
    {
        content: [{ type: "tool-call", toolCallId: "call-1", toolName: "lookUpOrder", input: '{"order":40117}' }],
        finishReason: { unified: "tool-calls", raw: "tool_calls" },
        usage: usage(80, 0, 12),
        warnings: [],
    },
    {
        content: [{ type: "text", text: "It left twice; keep the second one." }],
        finishReason: { unified: "stop", raw: "stop" },
        usage: usage(110, 64, 9),
        warnings: [],
    },
];

const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": "shop-assistant" }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
provider.register();
await generateText({
    model: new MockLanguageModelV3({
        provider: "stub",
        modelId: "stub-1",
        doGenerate: async () => answers.shift(),
    }),
    system: "You help customers of a shop.",
    prompt: "Order 40117 shipped twice",
    stopWhen: stepCountIs(3),
    tools: {
        lookUpOrder: tool({
            description: "Finds an order.",
            inputSchema: z.object({ order: z.number() }),
            execute: async ({ order }) => ({ order, shipments: 2 }),
        }),
    },
    experimental_telemetry: {
        isEnabled: true,
        functionId: "Answer a customer",
        metadata: { sessionId: "chat-82", channel: "web_chat", userId: "u-17" },
    },
});
await provider.shutdown();
