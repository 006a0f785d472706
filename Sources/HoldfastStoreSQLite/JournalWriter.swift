import HoldfastStore

/// Writes appends inside the writer's transaction. Used by the writer's thread only.
final class JournalWriter {
    private struct Row {
        var number: Int64
        var headSeq: Int64
        var agent: String
        var openEffects: String?
        var metadata: String?
        var isDeleted: Bool
    }

    private let connection: Connection
    private let selectSession: SQLStatement
    private let insertRecord: SQLStatement
    private let touch: SQLStatement
    private let advance: SQLStatement
    private let selectKey: SQLStatement
    private let insertKey: SQLStatement
    private var nextSession: Int64 = 1
    /// The rows of sessions that wrote lately, as this transaction sees them; nobody else changes them.
    private var rows: [String: Row] = [:]
    private static let rowLimit = 16_384

    init(_ connection: Connection) throws(StoreError) {
        self.connection = connection
        selectSession = try connection.statement(
            "SELECT n, head_seq, agent, open_effects, metadata, deleted FROM session WHERE id = ?")
        // The epoch check stands in the statement that appends: no row for whoever lost the partition.
        insertRecord = try connection.statement(
            """
            INSERT INTO journal (part, session_n, seq, epoch, kind, version, at, crc, body, blob)
            SELECT id, ?1, ?2, epoch, ?3, ?4, ?5, ?6, ?7, ?8 FROM partition WHERE id = ?9 AND epoch = ?10
            """)
        touch = try connection.statement(
            "UPDATE session SET status = ?, head_seq = ?, last_active_at = ? WHERE n = ?")
        advance = try connection.statement("UPDATE session SET head_seq = ? WHERE n = ?")
        selectKey = try connection.statement("SELECT 1 FROM idempotency WHERE session_n = ? AND key = ?")
        insertKey = try connection.statement(
            "INSERT INTO idempotency (session_n, key, fingerprint) VALUES (?, ?, ?)")
        try reload()
    }

    /// Reads again what a rolled back transaction may have changed.
    func reload() throws(StoreError) {
        rows = [:]
        let select = try connection.statement("SELECT coalesce(max(n), 0) + 1 FROM session")
        defer { select.reset() }
        _ = try select.step()
        nextSession = select.integer(0)
    }

    /// Writes one append. A refusal (`.conflict`, `.fenced`) comes before anything is written.
    func write(_ prepared: PreparedAppend) throws(StoreError) {
        do throws(StoreError) {
            try writeRows(prepared)
        } catch {
            rows = [:]
            throw error
        }
    }

    private func writeRows(_ prepared: PreparedAppend) throws(StoreError) {
        let append = prepared.append
        var row = rows[append.session]
        if row == nil { row = try session(append.session) }
        try check(append, row)
        let number = row?.number ?? nextSession
        let last = append.records[append.records.count - 1].seq
        try insertRecords(prepared, session: number)
        switch (row, append.head) {
        case (let row?, let head?): try update(row, head, prepared, last: last)
        case (_?, nil): try advance.run(last, number)
        case (nil, let head?):
            try insert(head, prepared, last: last)
            nextSession += 1
        case (nil, nil): break
        }
        for record in append.idempotency { try insertKey.run(number, record.key, record.fingerprint) }
        remember(prepared, number: number, last: last, after: row)
    }

    private func remember(_ prepared: PreparedAppend, number: Int64, last: Int64, after row: Row?) {
        if rows.count >= Self.rowLimit { rows = [:] }
        var next = row ?? Row(number: number, headSeq: last, agent: "", isDeleted: false)
        next.headSeq = last
        if let head = prepared.append.head {
            next.agent = head.agent
            next.openEffects = prepared.openEffects
            next.metadata = prepared.metadata
            next.isDeleted = head.isDeleted
        }
        rows[prepared.append.session] = next
    }

    private func session(_ id: String) throws(StoreError) -> Row? {
        selectSession.bind(id)
        defer { selectSession.reset() }
        guard try selectSession.step() else { return nil }
        return Row(
            number: selectSession.integer(0), headSeq: selectSession.integer(1), agent: selectSession.text(2),
            openEffects: selectSession.optionalText(3), metadata: selectSession.optionalText(4),
            isDeleted: selectSession.integer(5) != 0)
    }

    private func check(_ append: JournalAppend, _ row: Row?) throws(StoreError) {
        let expected = (row?.headSeq ?? 0) + 1
        guard append.records[0].seq == expected else {
            throw StoreError(
                .conflict, "\(append.session): the next record is \(expected), not \(append.records[0].seq)")
        }
        guard row != nil || append.head != nil else {
            throw StoreError(.conflict, "\(append.session) is new, its first append needs a head")
        }
        var seen: Set<String> = []
        for record in append.idempotency {
            let isTaken = try row.map { (row) throws(StoreError) in try hasKey(record.key, session: row.number) }
            guard isTaken != true, seen.insert(record.key).inserted else {
                throw StoreError(.conflict, "\(append.session): the idempotency key is already used")
            }
        }
    }

    private func hasKey(_ key: String, session: Int64) throws(StoreError) -> Bool {
        selectKey.bind(session, key)
        defer { selectKey.reset() }
        return try selectKey.step()
    }

    private func insertRecords(_ prepared: PreparedAppend, session: Int64) throws(StoreError) {
        let append = prepared.append
        for (index, record) in append.records.enumerated() {
            let blob = prepared.blobs.isEmpty ? nil : prepared.blobs[index]
            let body = blob == nil ? record.body : nil
            try insertRecord.run(
                session, record.seq, record.kind, record.version, record.at, prepared.checksums[index], body, blob,
                prepared.partition, append.epoch)
            guard connection.changes == 1 else {
                // Only the first record can come here: the epoch does not change inside a transaction.
                throw StoreError(
                    .fenced, "partition \(prepared.partition) has another owner, epoch \(append.epoch) is over")
            }
        }
    }

    private func insert(_ head: SessionHead, _ prepared: PreparedAppend, last: Int64) throws(StoreError) {
        try connection.statement(
            """
            INSERT INTO session (n, id, project, agent, part, status, head_seq, created_at, last_active_at,
                open_effects, metadata, deleted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        ).run(
            nextSession, prepared.append.session, head.project, head.agent, prepared.partition, head.status, last,
            head.createdAt, head.lastActiveAt, prepared.openEffects, prepared.metadata, head.isDeleted)
        if !head.metadata.isEmpty { try write(head.metadata, session: nextSession, project: head.project) }
        if !head.isDeleted { try count(1, project: head.project) }
    }

    private func update(
        _ row: Row, _ head: SessionHead, _ prepared: PreparedAppend, last: Int64
    ) throws(StoreError) {
        if row.agent == head.agent, row.openEffects == prepared.openEffects, row.metadata == prepared.metadata,
            row.isDeleted == head.isDeleted
        {
            // The common case changes no indexed column.
            return try touch.run(head.status, last, head.lastActiveAt, row.number)
        }
        try connection.statement(
            """
            UPDATE session SET agent = ?, status = ?, head_seq = ?, last_active_at = ?, open_effects = ?,
                metadata = ?, deleted = ? WHERE n = ?
            """
        ).run(
            head.agent, head.status, last, head.lastActiveAt, prepared.openEffects, prepared.metadata,
            head.isDeleted, row.number)
        if row.metadata != prepared.metadata {
            try connection.statement("DELETE FROM session_metadata WHERE session_n = ?").run(row.number)
            try write(head.metadata, session: row.number, project: head.project)
        }
        if row.isDeleted != head.isDeleted { try count(head.isDeleted ? -1 : 1, project: head.project) }
    }

    private func write(
        _ metadata: [SessionHead.MetadataPair], session: Int64, project: String
    ) throws(StoreError) {
        let insert = try connection.statement(
            "INSERT OR REPLACE INTO session_metadata (session_n, key, value, project) VALUES (?, ?, ?, ?)")
        for pair in metadata { try insert.run(session, pair.key, pair.value, project) }
    }

    private func count(_ change: Int, project: String) throws(StoreError) {
        try connection.statement(
            """
            INSERT INTO project (name, sessions) VALUES (?1, ?2)
            ON CONFLICT (name) DO UPDATE SET sessions = sessions + ?2
            """
        ).run(project, change)
    }
}
