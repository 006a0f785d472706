import HTTPTypes
import HoldfastCore

/// One operation of the API, as `GET /openapi.json` describes it.
///
/// A new route needs one of these in the list of its group (`OpenAPI/Operations`); a test tells when it is missing.
struct APIOperation: Sendable {
    let method: HTTPRequest.Method
    /// With `{name}` for each parameter. Paths of the API begin behind `/v1`.
    let path: String
    /// A stable name in `lowerCamelCase`, from which generated clients make their methods.
    let id: String
    let summary: String
    var query: [APIParameter] = []
    var headers: [APIParameter] = []
    /// The schema of the request's body, when it has one.
    var body: JSON?
    /// Whether a request without a body is one with an empty object.
    var isBodyOptional = false
    /// The schema of what a success answers; none when it answers nothing.
    var answer: JSON?
    var status = 200
    /// The media type of the answer when it is no JSON.
    var plain: String?
    /// Whether the answer is, or with `stream` can be, a stream of server-sent events.
    var streams = Streams.never
    /// Client errors beside those that every operation of its kind has.
    var errors: [Int] = []
    var needsKey = true
    /// Whether what it makes can be asked for afterwards.
    var isKept = true

    enum Streams: Sendable {
        case never, onRequest, always
    }

    /// The names of the parameters in the path.
    var pathParameters: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }

    /// The client errors that can come of it, in order.
    var clientErrors: [Int] {
        var all: Set<Int> = [400, 408, 431]
        all.formUnion(errors)
        if needsKey { all.insert(401) }
        if !pathParameters.isEmpty { all.insert(404) }
        if body != nil { all.insert(413) }
        return all.sorted()
    }
}

/// A parameter of a query or a header.
struct APIParameter: Sendable {
    let name: String
    let schema: JSON
    let summary: String

    init(_ name: String, _ schema: JSON, _ summary: String) {
        self.name = name
        self.schema = schema
        self.summary = summary
    }

    /// The parameters of every list.
    static func page(_ limits: Limits) -> [APIParameter] {
        [
            APIParameter(
                "limit", Schema.integer(in: 1...Int64(limits.pageSize)), "How many entries; 20 when it is left out."),
            APIParameter("order", Schema.choice("asc", "desc"), "By the time they were made; newest first by default."),
            APIParameter("after", Schema.string, "The id of the last entry of the page before."),
        ]
    }

    static let obfuscation = APIParameter(
        "include_obfuscation", Schema.choice("true", "false"), "Whether events carry random padding; 'true' by default."
    )
}
