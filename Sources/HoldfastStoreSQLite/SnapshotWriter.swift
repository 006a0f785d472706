import HoldfastStore

/// Writes snapshots inside the writer's transaction; the two newest of a session stay.
final class SnapshotWriter {
    private let insert: SQLStatement
    private let prune: SQLStatement

    init(_ connection: Connection) throws(StoreError) {
        insert = try connection.statement(
            """
            INSERT OR REPLACE INTO snapshot (session_n, seq, fold_version, crc, body)
            SELECT n, ?2, ?3, ?4, ?5 FROM session WHERE id = ?1
            """)
        prune = try connection.statement(
            """
            DELETE FROM snapshot WHERE session_n = (SELECT n FROM session WHERE id = ?1) AND seq < (
                SELECT seq FROM snapshot WHERE session_n = (SELECT n FROM session WHERE id = ?1)
                ORDER BY seq DESC LIMIT 1 OFFSET 1)
            """)
    }

    /// Writes one; nothing happens for a session that does not exist.
    func write(_ job: Writer.SnapshotJob) throws(StoreError) {
        let snapshot = job.snapshot
        try insert.run(
            job.session, snapshot.seq, snapshot.foldVersion, Checksum.of(snapshot, session: job.session), snapshot.body)
        try prune.run(job.session)
    }
}
