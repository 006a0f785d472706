/// A `format` of JSON Schema: what fits it, and an example.
struct ImprovFormat: Sendable {
    let names: [String]
    let example: String
    let pattern: ImprovPattern?

    init(_ names: [String], _ example: String, _ pattern: String) {
        self.names = names
        self.example = example
        self.pattern = ImprovPattern(pattern)
    }

    func fits(_ text: String) -> Bool { pattern?.matches(text) == true }
}

/// The formats that are looked for in requests.
enum ImprovFormats {
    static let all: [ImprovFormat] = [
        ImprovFormat(["date"], "2026-01-01", #"^\d{4}-\d{2}-\d{2}$"#),
        ImprovFormat(
            ["date-time"], "2026-01-01T12:00:00Z",
            #"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$"#),
        ImprovFormat(["time"], "12:00:00Z", #"^\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?$"#),
        ImprovFormat(
            ["email", "idn-email"], "user@example.com", #"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"#),
        ImprovFormat(
            ["uri", "url", "iri", "uri-reference", "http-url"], "https://example.com", #"^[a-z][a-z0-9+.-]*://.+$"#),
        ImprovFormat(
            ["uuid", "uuid4"], "00000000-0000-4000-8000-000000000000",
            #"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"#),
        ImprovFormat(["ipv4", "ip"], "127.0.0.1", #"^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$"#),
        ImprovFormat(["ipv6"], "::1", #"^[0-9a-fA-F]*:[0-9a-fA-F:]+:[0-9a-fA-F]*$"#),
        ImprovFormat(["hostname", "idn-hostname"], "example.com", #"^[a-z0-9-]+(\.[a-z0-9-]+)+\.[a-z]{2,}$"#),
        ImprovFormat(["duration"], "P1D", #"^P\d+[YMWD](T\d+[HMS])?$|^PT\d+[HMS]$"#),
    ]

    static func named(_ name: String) -> ImprovFormat? { all.first { $0.names.contains(name) } }
}
