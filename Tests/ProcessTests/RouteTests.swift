import Testing

/// Every operation of the Agents API exists, under both prefixes.
@Suite(.ownThread)
struct RouteTests {
    @Test func allOperationsExist() throws {
        #expect(Operations.all.count == 57)
        let server = try TestServer()
        for prefix in ["/v1", "/openai/v1"] {
            for operation in Operations.all {
                let body: [String: Any]? = operation.method == "POST" ? [:] : nil
                let response = try server.api.call(operation.method, operation.path(prefix: prefix), body)
                let code = response.json["error"]["code"].text
                if operation.isImplemented {
                    #expect(response.status < 500 && code != "unknown_url", "\(prefix) \(operation): \(response.text)")
                } else {
                    Refusal.expect(response, "\(prefix) \(operation)", status: 501...501, code: "not_implemented")
                }
                if !operation.template.hasSuffix("}") || operation.isImplemented { continue }
                #expect(code == "not_implemented")
            }
        }
    }

    @Test func whatIsNoOperationAnswers404Or405() throws {
        let server = try TestServer()
        let requests = [
            ("GET", "/v1/nothing"), ("PUT", "/v1/agents"), ("PATCH", "/v1/agents/sessions/x"), ("GET", "/"),
            ("DELETE", "/v1/agents/sessions"), ("GET", "/v2/agents"), ("OPTIONS", "/v1/agents"), ("GET", "/v1"),
        ]
        for (method, path) in requests {
            let response = try server.api.call(method, path)
            Refusal.expect(response, "\(method) \(path)", status: 404...405)
        }
    }
}
