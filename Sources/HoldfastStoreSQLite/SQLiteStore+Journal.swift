public import HoldfastStore
import Logging

extension SQLiteStore {
    public func append(_ append: JournalAppend) async throws(StoreError) {
        try PreparedAppend.check(append)
        var hashes: [[UInt8]?] = []
        if append.records.contains(where: { $0.body.count > options.inlineBody }) {
            hashes = try await storeBlobs(append.records)
        }
        let prepared = PreparedAppend(append, blobs: hashes)
        try await writer.perform(.append(prepared), size: prepared.size)
    }

    public func records(session: String, after seq: Int64, limit: Int) async throws(StoreError) -> [JournalRecord] {
        let blobs = blobs
        return try await readers.run { (connection) throws(StoreError) in
            try JournalReader(connection, blobs).records(session: session, after: seq, limit: limit)
        }
    }

    public func snapshot(session: String, foldVersion: Int, at seq: Int64?) async throws(StoreError) -> Snapshot? {
        let (found, damaged) = try await readers.run { (connection) throws(StoreError) in
            try JournalReader.snapshot(connection, session: session, foldVersion: foldVersion, at: seq)
        }
        if !damaged.isEmpty { try await drop(damaged, session: session) }
        return found
    }

    public func write(_ snapshot: Snapshot, session: String) async throws(StoreError) {
        try writer.enqueue(Writer.SnapshotJob(snapshot: snapshot, session: session))
    }

    public func idempotency(session: String, key: String) async throws(StoreError) -> IdempotencyRecord? {
        try await readers.run { (connection) throws(StoreError) in
            let select = try connection.statement(
                """
                SELECT fingerprint FROM idempotency
                WHERE session_n = (SELECT n FROM session WHERE id = ?) AND key = ?
                """)
            select.bind(session, key)
            defer { select.reset() }
            return try select.step() ? IdempotencyRecord(key: key, fingerprint: select.bytes(0)) : nil
        }
    }

    /// Writes the large bodies to files, away from the writer's thread.
    private func storeBlobs(_ records: [JournalRecord]) async throws(StoreError) -> [[UInt8]?] {
        let (blobs, threshold, logger) = (blobs, options.inlineBody, logger)
        return try await files.run { (_) throws(StoreError) in
            do throws(StoreError) {
                return try records.map { (record) throws(StoreError) in
                    record.body.count > threshold ? try blobs.store(record.body) : nil
                }
            } catch {
                guard error.isFatal else { throw error }
                let message = "the disk failed while writing a blob; stopping, nobody can know what is stored: \(error)"
                logger.critical("\(message)")
                fatalError(message)
            }
        }
    }

    private func drop(_ damaged: [Int64], session: String) async throws(StoreError) {
        logger.warning("damaged snapshots are dropped", metadata: ["session": "\(session)", "seqs": "\(damaged)"])
        do throws(StoreError) {
            try await write { (connection) throws(StoreError) in
                let delete = try connection.statement(
                    "DELETE FROM snapshot WHERE session_n = (SELECT n FROM session WHERE id = ?) AND seq = ?")
                for seq in damaged { try delete.run(session, seq) }
            }
        } catch {
            // On a full disk it stays damaged and is skipped again next time.
            guard error.code == .full else { throw error }
        }
    }
}
