import HoldfastStore

/// Reads of the journal on one connection, with all checks.
struct JournalReader {
    /// A record as it stands in its row.
    struct Row {
        /// Without the body when that is in a blob.
        var record: JournalRecord
        /// The place in the commit order of the file.
        var gsn: Int64
        var partition: Int
        var epoch: Int64
        var crc: UInt32
        var blob: [UInt8]?
    }

    private let connection: Connection
    private let blobs: BlobFiles

    init(_ connection: Connection, _ blobs: BlobFiles) {
        self.connection = connection
        self.blobs = blobs
    }

    /// Records of a session. A gap, a missing record and a wrong checksum are `.corrupt`.
    func records(session: String, after seq: Int64, limit: Int) throws(StoreError) -> [JournalRecord] {
        guard limit > 0, let (number, head) = try head(of: session), seq < head else { return [] }
        var records: [JournalRecord] = []
        try forEachRow(number: number, after: seq, limit: limit) { (row) throws(StoreError) in
            let expected = (records.last?.seq ?? max(0, seq)) + 1
            guard row.record.seq == expected else {
                throw StoreError(.corrupt, "\(session): record \(expected) is missing from the journal")
            }
            var record = row.record
            if let blob = row.blob { record.body = try blobs.load(blob) }
            guard row.crc == Checksum.of(record, session: session) else {
                throw StoreError(.corrupt, "\(session): record \(expected) does not match its checksum")
            }
            records.append(record)
        }
        // The head was read first, so everything up to it must be there.
        let last = records.last?.seq ?? seq
        guard records.count == limit || last >= head else {
            throw StoreError(.corrupt, "\(session): record \(last + 1) is missing from the journal")
        }
        return records
    }

    /// A session's number and the `seq` of its last record.
    func head(of id: String) throws(StoreError) -> (number: Int64, head: Int64)? {
        let select = try connection.statement("SELECT n, head_seq FROM session WHERE id = ?")
        select.bind(id)
        defer { select.reset() }
        return try select.step() ? (select.integer(0), select.integer(1)) : nil
    }

    /// Rows in the order of `seq`, unchecked.
    func forEachRow(
        number: Int64, after seq: Int64, limit: Int, _ body: (Row) throws(StoreError) -> Void
    ) throws(StoreError) {
        let select = try connection.statement(
            """
            SELECT seq, kind, version, at, epoch, crc, blob, body, part, gsn FROM journal
            WHERE session_n = ? AND seq > ? ORDER BY seq LIMIT ?
            """)
        select.bind(number, seq, limit)
        defer { select.reset() }
        while try select.step() {
            let record = JournalRecord(
                seq: select.integer(0), kind: select.text(1), version: Int(select.integer(2)), at: select.integer(3),
                body: select.bytes(7))
            try body(
                Row(
                    record: record, gsn: select.integer(9), partition: Int(select.integer(8)), epoch: select.integer(4),
                    crc: UInt32(truncatingIfNeeded: select.integer(5)),
                    blob: select.isNull(6) ? nil : select.bytes(6)))
        }
    }

    /// The newest sound snapshot, and the `seq`s of damaged ones that stood before it.
    static func snapshot(
        _ connection: Connection, session: String, foldVersion: Int, at seq: Int64?
    ) throws(StoreError) -> (found: Snapshot?, damaged: [Int64]) {
        let select = try connection.statement(
            """
            SELECT seq, crc, body FROM snapshot
            WHERE session_n = (SELECT n FROM session WHERE id = ?) AND fold_version = ? AND seq <= ?
            ORDER BY seq DESC
            """)
        select.bind(session, foldVersion, seq ?? .max)
        defer { select.reset() }
        var damaged: [Int64] = []
        while try select.step() {
            let snapshot = Snapshot(seq: select.integer(0), foldVersion: foldVersion, body: select.bytes(2))
            if select.integer(1) == Int64(Checksum.of(snapshot, session: session)) { return (snapshot, damaged) }
            damaged.append(snapshot.seq)
        }
        return (nil, damaged)
    }
}
