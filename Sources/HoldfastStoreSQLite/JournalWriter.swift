import HoldfastStore

/// Writes appends inside the writer's transaction. Used by the writer's thread only.
final class JournalWriter {
    /// What the writer knows of a session's row.
    private final class Row {
        let number: Int64
        var headSeq: Int64 = 0
        var agent = ""
        var openEffects: String?
        var metadata: String?
        var isDeleted = false

        init(number: Int64) { self.number = number }
    }

    private let connection: Connection
    private let selectSession: SQLStatement
    private let selectEpoch: SQLStatement
    private let insertRecord: SQLStatement
    private let touch: SQLStatement
    private let touchOpen: SQLStatement
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
        selectEpoch = try connection.statement("SELECT epoch FROM partition WHERE id = ?")
        insertRecord = try connection.statement(
            """
            INSERT INTO journal (part, session_n, seq, epoch, kind, version, at, crc, body, blob)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        // Of an UPDATE's columns every index that names one is written anew, also when the value stays: the common
        // statement names none, and the other one only `is_open`.
        touch = try connection.statement(
            "UPDATE session SET status = ?, head_seq = ?, last_active_at = ?, open_effects = ? WHERE n = ?")
        touchOpen = try connection.statement(
            """
            UPDATE session SET status = ?, head_seq = ?, last_active_at = ?, open_effects = ?, is_open = ? WHERE n = ?
            """)
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
        let known = try row(of: append.session)
        try check(prepared, known)
        let row = known ?? Row(number: nextSession)
        let last = append.records[append.records.count - 1].seq
        try insertRecords(prepared, session: row.number)
        switch (known, append.head) {
        case (.some, let head?): try update(row, head, prepared, last: last)
        case (.some, nil): try advance.run(last, row.number)
        case (nil, let head?):
            try insert(head, prepared, last: last)
            remember(row, of: append.session)
            nextSession += 1
        case (nil, nil): break
        }
        for record in append.idempotency { try insertKey.run(row.number, record.key, record.fingerprint) }
        try UsageRows.insert(append.usage, connection)
        row.headSeq = last
        guard let head = append.head else { return }
        row.agent = head.agent
        row.openEffects = prepared.openEffects
        row.metadata = prepared.metadata
        row.isDeleted = head.isDeleted
    }

    private func remember(_ row: Row, of session: String) {
        if rows.count >= Self.rowLimit { rows = [:] }
        rows[session] = row
    }

    /// The row of a session; `nil` when it is new.
    private func row(of session: String) throws(StoreError) -> Row? {
        if let row = rows[session] { return row }
        selectSession.bind(session)
        defer { selectSession.reset() }
        guard try selectSession.step() else { return nil }
        let row = Row(number: selectSession.integer(0))
        row.headSeq = selectSession.integer(1)
        row.agent = selectSession.text(2)
        row.openEffects = selectSession.optionalText(3)
        row.metadata = selectSession.optionalText(4)
        row.isDeleted = selectSession.integer(5) != 0
        remember(row, of: session)
        return row
    }

    private func check(_ prepared: PreparedAppend, _ row: Row?) throws(StoreError) {
        let append = prepared.append
        let expected = (row?.headSeq ?? 0) + 1
        guard append.records[0].seq == expected else {
            throw StoreError(
                .conflict, "\(append.session): the next record is \(expected), not \(append.records[0].seq)")
        }
        guard row != nil || append.head != nil else {
            throw StoreError(.conflict, "\(append.session) is new, its first append needs a head")
        }
        // The transaction holds the write lock, so the epoch stays what it is until it ends.
        guard try epoch(of: prepared.partition) == append.epoch else {
            throw StoreError(
                .fenced, "partition \(prepared.partition) has another owner, epoch \(append.epoch) is over")
        }
        guard !append.idempotency.isEmpty else { return }
        var seen: Set<String> = []
        for record in append.idempotency {
            let isTaken = try row.map { (row) throws(StoreError) in try hasKey(record.key, session: row.number) }
            guard isTaken != true, seen.insert(record.key).inserted else {
                throw StoreError(.conflict, "\(append.session): the idempotency key is already used")
            }
        }
    }

    private func epoch(of partition: Int) throws(StoreError) -> Int64? {
        selectEpoch.bind(partition)
        defer { selectEpoch.reset() }
        return try selectEpoch.step() ? selectEpoch.integer(0) : nil
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
                prepared.partition, session, record.seq, append.epoch, record.kind, record.version, record.at,
                prepared.checksums[index], body, blob)
        }
    }

    private func insert(_ head: SessionHead, _ prepared: PreparedAppend, last: Int64) throws(StoreError) {
        try connection.statement(
            """
            INSERT INTO session (n, id, project, agent, part, status, head_seq, created_at, last_active_at,
                open_effects, metadata, deleted, is_open) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        ).run(
            nextSession, prepared.append.session, head.project, head.agent, prepared.partition, head.status, last,
            head.createdAt, head.lastActiveAt, prepared.openEffects, prepared.metadata, head.isDeleted,
            prepared.openEffects != nil)
        if !head.metadata.isEmpty { try write(head.metadata, session: nextSession, project: head.project) }
        if !head.isDeleted { try count(1, project: head.project) }
    }

    private func update(
        _ row: Row, _ head: SessionHead, _ prepared: PreparedAppend, last: Int64
    ) throws(StoreError) {
        let isOpen = prepared.openEffects != nil
        if row.agent == head.agent, row.metadata == prepared.metadata, row.isDeleted == head.isDeleted {
            guard isOpen != (row.openEffects != nil) else {
                return try touch.run(head.status, last, head.lastActiveAt, prepared.openEffects, row.number)
            }
            return try touchOpen.run(
                head.status, last, head.lastActiveAt, prepared.openEffects, isOpen, row.number)
        }
        try connection.statement(
            """
            UPDATE session SET agent = ?, status = ?, head_seq = ?, last_active_at = ?, open_effects = ?,
                is_open = ?, metadata = ?, deleted = ? WHERE n = ?
            """
        ).run(
            head.agent, head.status, last, head.lastActiveAt, prepared.openEffects, isOpen, prepared.metadata,
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
