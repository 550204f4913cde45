"""What every driver needs: a tracer provider that exports in batches to where OTEL_EXPORTER_OTLP_* says."""

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


def provider(service: str, **attributes: str) -> TracerProvider:
    """A provider whose spans are of `service`; `shutdown()` sends what is left."""
    resource = Resource.create({"service.name": service, "service.namespace": "halden"} | attributes)
    tracer_provider = TracerProvider(resource=resource)
    tracer_provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return tracer_provider
