import HTTPTypes
import HoldfastCore

extension APIOperation {
    private static let text = "text/plain"

    /// See `OperationRoutes` and `OpenAPIRoutes`; they stand outside of `/v1`.
    static let service = [
        APIOperation(
            method: .get, path: "/healthz", id: "health", summary: "Whether the process serves.", plain: text,
            needsKey: false),
        APIOperation(
            method: .get, path: "/readyz", id: "readiness", summary: "Whether everything is recovered.", plain: text,
            needsKey: false),
        APIOperation(
            method: .get, path: "/metrics", id: "metrics", summary: "Numbers in Prometheus' text format.", plain: text),
        APIOperation(
            method: .get, path: "/openapi.json", id: "openapi", summary: "This document.", answer: Schema.object,
            needsKey: false),
        APIOperation(
            method: .get, path: "/v1/openapi.json", id: "versionedOpenAPI", summary: "This document.",
            answer: Schema.object, needsKey: false),
    ]
}
