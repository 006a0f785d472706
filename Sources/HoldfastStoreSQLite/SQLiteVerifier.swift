import GRDB
import HoldfastCore
public import HoldfastStore

/// Checks a data directory without changing it; also while a server has it open.
///
/// It covers what the store itself promises: the file's structure, checksums, gap-free numbers, epochs, blobs. For what
/// the events mean (refolding, open effects) it gives out sessions, records and snapshots. Its calls block; use it from
/// one task at a time.
public final class SQLiteVerifier {
    /// Something that is wrong.
    public struct Problem: Sendable, Equatable, CustomStringConvertible {
        /// The session; `nil` when it is about the file as a whole.
        public var session: String?
        /// The record, when it is about one.
        public var seq: Int64?
        public var text: String

        public init(session: String? = nil, seq: Int64? = nil, text: String) {
            self.session = session
            self.seq = seq
            self.text = text
        }

        public var description: String {
            [session, seq.map { "record \($0)" }, text].compactMap { $0 }.joined(separator: ": ")
        }
    }

    let blobs: BlobFiles
    private let queue: DatabaseQueue
    private var connection: Connection?

    /// Opens a data directory for reading.
    public init(directory: String) throws(StoreError) {
        let layout = DataDirectory(directory)
        guard FileSystem.size(layout.database) != nil else {
            throw StoreError(.failed, "there is no database in \(directory)")
        }
        blobs = BlobFiles(directory: layout.blobs)
        queue = try Connection.readerQueue(path: layout.database)
        try read { (connection) throws(StoreError) in try Schema.checkReadable(connection) }
    }

    deinit {
        connection = nil
        try? queue.close()
    }

    /// Checks everything.
    /// - Parameter progress: Called after each session with the numbers of checked sessions and of all.
    public func verify(progress: (Int, Int) -> Void = { _, _ in }) throws(StoreError) -> [Problem] {
        var problems = try verifyFile()
        let total = try sessionCount()
        var checked = 0
        var last: String?
        while true {
            let rows = try sessions(after: last, limit: 500)
            guard let end = rows.last else { return problems }
            for row in rows {
                problems += try verify(row)
                checked += 1
                progress(checked, max(total, checked))
            }
            last = end.id
        }
    }

    /// How many sessions there are, deleted ones included.
    public func sessionCount() throws(StoreError) -> Int {
        Int(try column("SELECT count(*) FROM session").first ?? "") ?? 0
    }

    /// Sessions in the order of creation, deleted ones included.
    public func sessions(after id: String?, limit: Int) throws(StoreError) -> [SessionRow] {
        try read { (connection) throws(StoreError) in
            let select = try connection.statement(
                """
                SELECT \(SessionColumns.all) FROM session s
                WHERE n > coalesce((SELECT n FROM session WHERE id = ?), 0) ORDER BY n LIMIT ?
                """)
            select.bind(id, limit)
            defer { select.reset() }
            var rows: [SessionRow] = []
            while try select.step() { rows.append(try SessionColumns.row(select)) }
            return rows
        }
    }

    /// Records of a session, checked like the store's own reads.
    public func records(session: String, after seq: Int64, limit: Int) throws(StoreError) -> [JournalRecord] {
        let blobs = blobs
        return try read { (connection) throws(StoreError) in
            try JournalReader(connection, blobs).records(session: session, after: seq, limit: limit)
        }
    }

    /// The snapshots of a session that match their checksums, oldest first.
    public func snapshots(session: String) throws(StoreError) -> [Snapshot] {
        try storedSnapshots(session: session).compactMap { $0.isSound ? $0.snapshot : nil }
    }

    /// All snapshots of a session, and whether they match their checksums.
    func storedSnapshots(session: String) throws(StoreError) -> [(snapshot: Snapshot, isSound: Bool)] {
        try read { (connection) throws(StoreError) in
            let select = try connection.statement(
                """
                SELECT seq, fold_version, crc, body FROM snapshot
                WHERE session_n = (SELECT n FROM session WHERE id = ?) ORDER BY seq
                """)
            select.bind(session)
            defer { select.reset() }
            var found: [(Snapshot, Bool)] = []
            while try select.step() {
                let snapshot = Snapshot(
                    seq: select.integer(0), foldVersion: Int(select.integer(1)), body: select.bytes(3))
                found.append((snapshot, select.integer(2) == Int64(Checksum.of(snapshot, session: session))))
            }
            return found
        }
    }

    /// The first column of all rows of a statement.
    func column(_ sql: String) throws(StoreError) -> [String] {
        try read { (connection) throws(StoreError) in
            let select = try connection.statement(sql)
            defer { select.reset() }
            var values: [String] = []
            while try select.step() { values.append(select.text(0)) }
            return values
        }
    }

    /// Reads on the verifier's connection.
    func read<Value>(_ body: (Connection) throws(StoreError) -> Value) throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = queue.unsafeRead { database in
            let connection = self.connection ?? Connection(database)
            self.connection = connection
            do throws(StoreError) { return .success(try body(connection)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}
