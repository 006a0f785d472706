import HoldfastCore
public import HoldfastStore

/// A promise of the `Store` protocols that a store does not keep.
public struct ConformanceFailure: Error, CustomStringConvertible {
    /// What was expected.
    public var text: String

    public init(_ text: String) {
        self.text = text
    }

    public var description: String { text }
}

/// The promises of the `Store` protocols as checks that every store must pass.
///
/// Each check gets a new, empty store from the factory and throws a `ConformanceFailure` when the store fails it.
public enum StoreConformance {
    /// Makes an empty store.
    public typealias Factory = @Sendable () async throws -> any Store

    /// One promise.
    public struct Check: Sendable, CustomStringConvertible {
        public let name: String
        private let body: @Sendable (StoreProbe) async throws -> Void

        init(_ name: String, _ body: @escaping @Sendable (StoreProbe) async throws -> Void) {
            self.name = name
            self.body = body
        }

        /// Runs the check on a new store.
        public func run(_ factory: Factory) async throws {
            try await body(StoreProbe(store: try await factory()))
        }

        public var description: String { name }
    }

    /// All checks.
    public static let all: [Check] =
        journal + refusals + caches + catalog + lists + agents + keys + usage
        + concurrency
}

/// A store under test, with short forms of what the checks do all the time.
struct StoreProbe: Sendable {
    let store: any Store

    /// Records with bodies that tell where they belong.
    static func records(_ session: String, from seq: Int64, count: Int) -> [JournalRecord] {
        (0..<Int64(count)).map { index in
            JournalRecord(
                seq: seq + index, kind: "test.event", version: Int(seq + index) % 3 + 1, at: 1_000 + seq + index,
                body: Array("{\"session\":\"\(session)\",\"seq\":\(seq + index)}".utf8))
        }
    }

    /// A head with plain values.
    static func head(
        project: String = "p1", agent: String = "agent_1", status: String = "idle", open: [String] = [],
        metadata: [(String, String)] = [], isDeleted: Bool = false
    ) -> SessionHead {
        SessionHead(
            project: project, agent: agent, status: status, createdAt: 1_000, lastActiveAt: 2_000, openEffects: open,
            metadata: metadata.map { SessionHead.MetadataPair(key: $0.0, value: $0.1) }, isDeleted: isDeleted)
    }

    /// The epoch under which a session may be written.
    func epoch(_ session: String) -> Int64 {
        store.epoch(ofPartition: Partition.of(session: session))
    }

    /// Appends records as their owner.
    func append(
        _ session: String, from seq: Int64, count: Int = 1, head: SessionHead? = StoreProbe.head(),
        keys: [IdempotencyRecord] = []
    ) async throws {
        try await store.append(
            JournalAppend(
                session: session, epoch: epoch(session),
                records: StoreProbe.records(session, from: seq, count: count), head: head, idempotency: keys))
    }

    /// The ids of a list's page.
    func ids(
        project: String = "p1", agent: String? = nil, metadata: [(String, String)] = [], _ query: ListQuery
    ) async throws -> [String]? {
        try await store.sessions(
            project: project, agent: agent,
            metadata: metadata.map { SessionHead.MetadataPair(key: $0.0, value: $0.1) }, query: query
        )?.entries.map(\.id)
    }
}

/// Throws unless two values are the same.
func expect<Value: Equatable>(_ found: Value, is expected: Value, _ what: String) throws {
    if found != expected { throw ConformanceFailure("\(what): expected \(expected), found \(found)") }
}

/// Throws unless a call fails with a code.
func expect(_ code: StoreError.Code, _ what: String, _ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let error as StoreError where error.code == code {
        return
    } catch {
        throw ConformanceFailure("\(what): expected the error \(code), found \(error)")
    }
    throw ConformanceFailure("\(what): expected the error \(code), but it succeeded")
}

/// Waits for something that a store may do a little later.
func eventually(_ what: String, _ isTrue: () async throws -> Bool) async throws {
    for _ in 0..<500 {
        if try await isTrue() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    throw ConformanceFailure("\(what): not within five seconds")
}
