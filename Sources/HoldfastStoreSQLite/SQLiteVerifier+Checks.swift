import HoldfastCore
public import HoldfastStore

extension SQLiteVerifier {
    /// Checks the file as a whole: SQLite's own structure, rows without a session, derived counts.
    public func verifyFile() throws(StoreError) -> [Problem] {
        var problems = try column("PRAGMA quick_check").filter { $0 != "ok" }.map { Problem(text: $0) }
        problems += try column(
            "SELECT DISTINCT session_n FROM journal WHERE session_n NOT IN (SELECT n FROM session) LIMIT 100"
        ).map { Problem(text: "there are records of a session number \($0) that no session has") }
        problems += try column(
            """
            SELECT name FROM project p WHERE sessions <>
                (SELECT count(*) FROM session s WHERE s.project = p.name AND s.deleted = 0)
            """
        ).map { Problem(text: "the session count of project \($0) is wrong") }
        problems += try column(
            """
            SELECT s.id FROM session s
            WHERE (SELECT count(*) FROM session_metadata m WHERE m.session_n = s.n) <> (
                SELECT count(*) / 2 FROM json_each(coalesce(s.metadata, '[]'))) LIMIT 100
            """
        ).map { Problem(session: $0, text: "the metadata index does not match the session") }
        problems += try verifySchema()
        // A database of format 1 has no such column until a server opens it.
        if try !column("SELECT 1 FROM pragma_table_info('session') WHERE name = 'is_open'").isEmpty {
            problems += try column(
                "SELECT id FROM session WHERE is_open <> (open_effects IS NOT NULL) LIMIT 100"
            ).map { Problem(session: $0, text: "the mark for open work does not match the session") }
        }
        return problems + (try verifyUsage())
    }

    /// Every answer has one usage record, with the same numbers.
    private func verifyUsage() throws(StoreError) -> [Problem] {
        // Not in a database of format 1 or 2.
        guard try !column("SELECT 1 FROM sqlite_master WHERE name = 'usage'").isEmpty else { return [] }
        var problems = try column(
            """
            SELECT u.n FROM usage u WHERE u.seq IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM session s, journal j WHERE s.id = u.session AND j.session_n = s.n AND j.seq = u.seq
                    AND j.kind = 'model.answered' AND (j.body IS NULL
                        OR json_extract(CAST(j.body AS TEXT), '$.usage[0]', '$.usage[2]') = json_array(u.input, u.output)))
            LIMIT 100
            """
        ).map { Problem(text: "the usage record \($0) does not match the journal") }
        problems += try column(
            """
            SELECT id || ' at ' || seq FROM (
                SELECT s.id, j.seq FROM journal j JOIN session s ON s.n = j.session_n
                WHERE j.kind = 'model.answered' AND j.gsn > (SELECT value FROM meta WHERE name = 'usage_since')
                EXCEPT SELECT session, seq FROM usage WHERE seq IS NOT NULL) LIMIT 100
            """
        ).map { Problem(text: "the usage of an answer is not recorded: \($0)") }
        problems += try column(
            """
            SELECT session || ' at ' || seq FROM usage WHERE seq IS NOT NULL
            GROUP BY session, seq HAVING count(*) > 1 LIMIT 100
            """
        ).map { Problem(text: "the usage of an answer is recorded twice: \($0)") }
        return problems
    }

    /// Tables, indexes, and the triggers that protect the journal: all there, and made as this program makes them.
    private func verifySchema() throws(StoreError) -> [Problem] {
        try read { (connection) throws(StoreError) in
            guard let expected = try SchemaObject.expected(ofFormat: try Schema.version(connection)) else { return [] }
            let found = try SchemaObject.all(connection)
            return expected.filter { !found.contains($0) }.map { object in
                let fault = found.contains { $0.name == object.name } ? "is not as it was made" : "is missing"
                return Problem(text: "the \(object.kind) \(object.name) \(fault)")
            }
        }
    }

    /// Checks all records and snapshots of a session.
    public func verify(_ session: SessionRow) throws(StoreError) -> [Problem] {
        var check = SessionCheck(session: session, blobs: blobs)
        repeat {
            let start = check.expected - 1
            try read { (connection) throws(StoreError) in
                let reader = JournalReader(connection, blobs)
                guard let number = try reader.head(of: session.id)?.number else { return }
                // In portions: a long read would keep a running server's log from starting again.
                try reader.forEachRow(number: number, after: start, limit: 1_000) { (row) throws(StoreError) in
                    check.add(row)
                }
            }
            if check.expected - 1 == start { break }
        } while check.expected <= session.headSeq
        check.finish()
        for (snapshot, isSound) in try storedSnapshots(session: session.id) where !isSound {
            check.report("the snapshot at \(snapshot.seq) does not match its checksum")
        }
        return check.problems
    }
}

/// The checks along one session's rows.
private struct SessionCheck {
    let session: SessionRow
    let blobs: BlobFiles
    var expected: Int64 = 1
    var problems: [SQLiteVerifier.Problem] = []
    private var epoch: Int64 = 0
    private var gsn: Int64 = 0

    init(session: SessionRow, blobs: BlobFiles) {
        self.session = session
        self.blobs = blobs
    }

    mutating func report(_ text: String, seq: Int64? = nil) {
        problems.append(SQLiteVerifier.Problem(session: session.id, seq: seq, text: text))
    }

    mutating func add(_ row: JournalReader.Row) {
        // What was appended since the session's row was read.
        guard row.record.seq <= session.headSeq else { return }
        var record = row.record
        if record.seq != expected { report("\(record.seq - expected) records are missing before it", seq: record.seq) }
        expected = record.seq + 1
        if row.gsn <= gsn { report("it was written before its predecessor", seq: record.seq) }
        gsn = row.gsn
        if row.epoch < epoch { report("epoch \(row.epoch) after \(epoch)", seq: record.seq) }
        epoch = max(epoch, row.epoch)
        if row.partition != Partition.of(session: session.id) { report("the partition is wrong", seq: record.seq) }
        if let blob = row.blob {
            if let problem = blobs.problem(blob) { return report(problem, seq: record.seq) }
            record.body = (try? blobs.load(blob)) ?? []
        }
        if row.crc != Checksum.of(record, session: session.id) {
            report("the record does not match its checksum", seq: record.seq)
        }
    }

    mutating func finish() {
        if expected <= session.headSeq {
            report("the last record is \(expected - 1), the session's row says \(session.headSeq)")
        }
    }
}
