import HoldfastCore
import HoldfastStore

/// An append with everything that can be computed before the writer's thread has it.
struct PreparedAppend: Sendable {
    let append: JournalAppend
    let partition: Int
    /// For each record its checksum.
    let checksums: [UInt32]
    /// For each record the hash of its blob; `nil` when the body stands in the row. Empty when there is no blob.
    let blobs: [[UInt8]?]
    let openEffects: String?
    let metadata: String?
    /// Bytes of all bodies.
    let size: Int

    init(_ append: JournalAppend, blobs: [[UInt8]?]) {
        self.append = append
        self.blobs = blobs
        partition = Partition.of(session: append.session)
        checksums = append.records.map { Checksum.of($0, session: append.session) }
        openEffects = append.head.flatMap { SessionColumns.text(openEffects: $0.openEffects) }
        metadata = append.head.flatMap { SessionColumns.text(metadata: $0.metadata) }
        size = append.records.reduce(0) { $0 + $1.body.count }
    }

    /// Refuses an append that is wrong in itself: no records, or a gap among them.
    static func check(_ append: JournalAppend) throws(StoreError) {
        guard let first = append.records.first else {
            throw StoreError(.conflict, "an append to \(append.session) without records")
        }
        for (index, record) in append.records.enumerated() where record.seq != first.seq + Int64(index) {
            let previous = first.seq + Int64(index) - 1
            throw StoreError(.conflict, "a gap in an append to \(append.session): \(record.seq) after \(previous)")
        }
    }
}

/// How lists are kept in columns of the session table.
enum SessionColumns {
    /// What `row(_:)` reads, in this order.
    static let all = """
        s.id, s.project, s.agent, s.status, s.head_seq, s.created_at, s.last_active_at, s.open_effects, s.metadata, \
        s.deleted
        """

    static func row(_ statement: SQLStatement) throws(StoreError) -> SessionRow {
        SessionRow(
            id: statement.text(0),
            head: SessionHead(
                project: statement.text(1), agent: statement.text(2), status: statement.text(3),
                createdAt: statement.integer(5), lastActiveAt: statement.integer(6),
                openEffects: openEffects(statement.optionalText(7)),
                metadata: try metadata(statement.optionalText(8)), isDeleted: statement.integer(9) != 0),
            headSeq: statement.integer(4))
    }

    /// Ids, one a line; `nil` for none.
    static func text(openEffects ids: [String]) -> String? {
        ids.isEmpty ? nil : ids.joined(separator: "\n")
    }

    /// A JSON array of keys and values in turn; `nil` for none.
    static func text(metadata pairs: [SessionHead.MetadataPair]) -> String? {
        pairs.isEmpty ? nil : JSONWriter.text(pairs.flatMap { [$0.key, $0.value] })
    }

    private static func openEffects(_ text: String?) -> [String] {
        guard let text else { return [] }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private static func metadata(_ text: String?) throws(StoreError) -> [SessionHead.MetadataPair] {
        guard let text else { return [] }
        guard let values = (try? JSONParser.parse(text))?.array?.compactMap(\.string), values.count.isMultiple(of: 2)
        else { throw StoreError(.corrupt, "a session's metadata column is not what this program writes") }
        return stride(from: 0, to: values.count, by: 2).map {
            SessionHead.MetadataPair(key: values[$0], value: values[$0 + 1])
        }
    }
}
