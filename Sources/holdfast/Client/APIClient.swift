import AsyncHTTPClient
import HoldfastCore
import NIOCore
import NIOHTTP1

/// Talks to a server.
struct APIClient: Sendable {
    let endpoint: Endpoint
    private let http: HTTPClient

    /// Runs with a client, whose connections are closed at the end.
    static func with<Value: Sendable>(
        _ endpoint: Endpoint, _ body: (APIClient) async throws -> Value
    ) async throws -> Value {
        var configuration = HTTPClient.Configuration()
        // A stream sends a comment every 10 s: silence for 35 s means that the connection is dead.
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(35))
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let value = try await body(APIClient(endpoint: endpoint, http: http))
            try? await http.shutdown()
            return value
        } catch {
            try? await http.shutdown()
            throw error
        }
    }

    /// Reads a resource.
    func get(_ path: String, query: [(String, String?)] = []) async throws -> JSON {
        try await send(.GET, path, query: query)
    }

    /// Whether a health route says that all is well; its text does not matter.
    func isWell(_ path: String) async -> Bool {
        let response = try? await execute(request(.GET, path, query: [], body: nil, headers: []))
        return response?.status == .ok
    }

    /// Reads a route that answers with text.
    func text(_ path: String) async throws -> String {
        let response = try await execute(request(.GET, path, query: [], body: nil, headers: []))
        guard response.status == .ok else { throw try await failure(response) }
        return String(buffer: try await response.body.collect(upTo: 1 << 20))
    }

    /// Creates or changes a resource.
    func post(_ path: String, _ body: JSON, headers: [(String, String)] = []) async throws -> JSON {
        try await send(.POST, path, body: body, headers: headers)
    }

    /// Deletes a resource.
    func delete(_ path: String) async throws -> JSON { try await send(.DELETE, path) }

    /// All entries of a list, page after page, up to a limit.
    func list(_ path: String, query: [(String, String?)] = [], limit: Int? = nil) async throws -> [JSON] {
        var entries: [JSON] = []
        var after: String?
        while true {
            let size = min(100, limit.map { $0 - entries.count } ?? 100)
            let page = try await get(path, query: query + [("limit", "\(size)"), ("after", after)])
            entries += page.list("data")
            after = page["last_id"]?.string ?? page.list("data").last?["id"]?.string
            guard page["has_more"]?.bool == true, after != nil, entries.count < limit ?? .max else { return entries }
        }
    }

    /// Opens a stream of events; the body runs with its chunks.
    func stream<Value>(
        _ path: String, query: [(String, String?)], headers: [(String, String)],
        _ body: (HTTPClientResponse.Body) async throws -> Value
    ) async throws -> Value {
        let headers = headers + [("Accept", "text/event-stream")]
        let response = try await execute(request(.GET, path, query: query, body: nil, headers: headers))
        guard response.status == .ok else { throw try await failure(response) }
        return try await body(response.body)
    }

    private func send(
        _ method: HTTPMethod, _ path: String, query: [(String, String?)] = [], body: JSON? = nil,
        headers: [(String, String)] = []
    ) async throws -> JSON {
        let response = try await execute(request(method, path, query: query, body: body, headers: headers))
        guard 200..<300 ~= response.status.code else { throw try await failure(response) }
        let bytes = try await response.body.collect(upTo: 64 << 20)
        guard bytes.readableBytes > 0 else { return [:] }
        return try JSONParser.parse(Array(buffer: bytes))
    }

    private func request(
        _ method: HTTPMethod, _ path: String, query: [(String, String?)], body: JSON?, headers: [(String, String)]
    ) -> HTTPClientRequest {
        let pairs = query.compactMap { name, value in value.map { "\(name)=\(Endpoint.escaped($0))" } }
        let suffix = pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
        var request = HTTPClientRequest(url: endpoint.base + path + suffix)
        request.method = method
        request.headers.add(contentsOf: HTTPHeaders(headers))
        request.headers.add(name: "OpenAI-Beta", value: "agents=v1")
        request.headers.add(name: "User-Agent", value: "holdfast/\(Version.text)")
        if let key = endpoint.key { request.headers.add(name: "Authorization", value: "Bearer \(key)") }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body.text))
        }
        return request
    }

    private func execute(_ request: HTTPClientRequest) async throws -> HTTPClientResponse {
        do {
            return try await http.execute(request, timeout: .seconds(60))
        } catch let error as CancellationError {
            throw error
        } catch {
            throw Unreachable(endpoint: endpoint, cause: error)
        }
    }

    private func failure(_ response: HTTPClientResponse) async throws -> APIError {
        let bytes = try await response.body.collect(upTo: 1 << 20)
        let id = response.headers.first(name: "x-request-id")
        return APIError(status: Int(response.status.code), body: Array(buffer: bytes), requestID: id)
    }
}
