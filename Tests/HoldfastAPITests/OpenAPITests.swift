import HTTPTypes
import HoldfastCore
import HoldfastModels
import HoldfastRuntime
import HoldfastStore
import HoldfastTestKit
import Hummingbird
import Logging
import Testing

@testable import HoldfastAPI

/// The document says what is served, and nothing else.
struct OpenAPITests {
    private static let document = OpenAPIDocument(limits: Limits())

    /// `POST /v1/agents/{}`: a method and a path, whatever its parameters are called.
    private static func name(_ method: HTTPRequest.Method, _ path: String) -> String {
        let pieces = path.split(separator: "/").map { $0.hasPrefix("{") || $0.hasPrefix(":") || $0 == "**" ? "{}" : $0 }
        return "\(method) /\(pieces.joined(separator: "/"))"
    }

    private static func served() async throws -> Set<String> {
        let store = MemoryStore()
        let runtime = Runtime(
            Runtime.Dependencies(
                store: store, models: FakeModel { _, _, _ in ModelAnswer(text: "") }, tools: FakeTools(),
                projection: PlainProjection(), logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            ))
        let services = APIServices(
            runtime: runtime, store: store, keys: try await KeyRing(store: store), models: ModelCatalog(),
            meter: UsageMeter(
                store: store, limits: Limits(),
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })),
            hostedUnavailable: nil)
        return Set(
            APIRouter.make(services, authenticator: .local(project: "p")).routes.map {
                name($0.method, $0.path.description)
            })
    }

    @Test func everyRouteIsDescribed() async throws {
        let described = Set(Self.document.operations.map { Self.name($0.operation.method, $0.path) })
        let absent = Set(NotImplementedRoutes.operations.map { Self.name($0.0, "/v1/" + $0.1) })
        let served = try await Self.served().filter { !$0.contains(" /openai/v1/") }
        #expect(
            served.subtracting(described).subtracting(absent).sorted() == [],
            "Add an APIOperation for each of these routes to the list of its group in Sources/HoldfastAPI/OpenAPI/Operations."
        )
        #expect(
            described.subtracting(served).sorted() == [],
            "No route serves these; take them out of Sources/HoldfastAPI/OpenAPI/Operations.")
        #expect(described.isDisjoint(with: absent), "These answer 501, and yet they are described.")
    }

    @Test func everyPathIsServedUnderBothPrefixes() async throws {
        let served = try await Self.served()
        for (path, operation) in Self.document.operations
        where path.hasPrefix("/v1/") && operation.path != path {
            #expect(served.contains(Self.name(operation.method, "/openai" + path)), "\(path)")
        }
    }

    @Test func operationsHaveNamesOfTheirOwn() {
        let ids = Self.document.operations.map(\.operation.id)
        #expect(Set(ids).count == ids.count)
        let places = Self.document.operations.map { Self.name($0.operation.method, $0.path) }
        #expect(Set(places).count == places.count)
    }

    @Test func everyReferenceLeadsSomewhere() {
        let json = Self.document.json
        var names: Set<String> = []
        Self.collect(json, into: &names)
        #expect(!names.isEmpty)
        for name in names {
            let place = name.dropFirst(2).split(separator: "/").reduce(Optional(json)) { $0?[String($1)] }
            #expect(place != nil, "\(name)")
        }
        let schemas = json["components"]?["schemas"]?.object?.members.map { "#/components/schemas/\($0.name)" } ?? []
        #expect(Set(schemas).subtracting(names) == [], "Nothing uses these schemas.")
    }

    private static func collect(_ json: JSON, into names: inout Set<String>) {
        for element in json.array ?? [] { collect(element, into: &names) }
        for member in json.object?.members ?? [] {
            if member.name == "$ref", let name = member.value.string { names.insert(name) }
            collect(member.value, into: &names)
        }
    }
}
