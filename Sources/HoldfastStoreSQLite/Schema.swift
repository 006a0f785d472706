import GRDBSQLite
import HoldfastCore
import HoldfastStore

/// The stored format, version 3.
///
/// Invariants:
/// - `journal` is the truth and only grows: triggers refuse UPDATE and DELETE. `gsn` is the commit order of the file, so
///   it rises along a session's `seq`.
/// - A session's `seq` start at 1 and have no gap; `epoch` never falls along them. `session.head_seq` is the last one.
/// - `crc` is the CRC32C of session id, seq, kind, version, time and body (see `Checksum`).
/// - A row has its body in `body`, or it has NULL there and the SHA-256 of it in `blob`; that file was synced before.
/// - `session`, `session_metadata` and `project` follow from the journal; they are written in the same transaction.
/// - `session.project` and `session.created_at` never change. `open_effects` is NULL without open work, and
///   `is_open` is 0 then and 1 otherwise.
/// - `snapshot` is a cache: rows may be deleted at any time.
/// - `usage` has a row for each inference; one with a `seq` was written with that `model.answered` of its session and has
///   its numbers. `meta.usage_since` is the last `gsn` before there were such rows.
/// - `api_key.models` is NULL for a key that may use all, else a JSON array of names and prefixes.
/// - `partition.epoch` grows by one with every opening of the file; an append proves that it knows the current one.
enum Schema {
    /// The version of the format that this program writes.
    static let format: Int64 = 3
    /// The oldest reader version that understands what this program writes.
    static let minimumReader: Int64 = 1

    /// How to get from format `index` to format `index + 1`.
    static let migrations = [version1, version2, version3]

    private static let version1 = """
        CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE partition (id INTEGER PRIMARY KEY, owner TEXT NOT NULL, epoch INTEGER NOT NULL);
        CREATE TABLE journal (
            gsn INTEGER PRIMARY KEY, part INTEGER NOT NULL, session_n INTEGER NOT NULL, seq INTEGER NOT NULL,
            epoch INTEGER NOT NULL, kind TEXT NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL,
            crc INTEGER NOT NULL, body BLOB, blob BLOB);
        CREATE UNIQUE INDEX journal_session ON journal (session_n, seq);
        CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
        CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
        CREATE TABLE session (
            n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, project TEXT NOT NULL, agent TEXT NOT NULL,
            part INTEGER NOT NULL, status TEXT NOT NULL, head_seq INTEGER NOT NULL, created_at INTEGER NOT NULL,
            last_active_at INTEGER NOT NULL, open_effects TEXT, metadata TEXT, deleted INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX session_project ON session (project, deleted, n);
        CREATE INDEX session_agent ON session (project, agent, n) WHERE deleted = 0;
        CREATE INDEX session_open ON session (id) WHERE open_effects IS NOT NULL;
        CREATE TABLE session_metadata (
            session_n INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, project TEXT NOT NULL,
            PRIMARY KEY (session_n, key)) WITHOUT ROWID;
        CREATE INDEX session_metadata_value ON session_metadata (project, key, value, session_n);
        CREATE TABLE project (name TEXT PRIMARY KEY, sessions INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE snapshot (
            session_n INTEGER NOT NULL, seq INTEGER NOT NULL, fold_version INTEGER NOT NULL, crc INTEGER NOT NULL,
            body BLOB NOT NULL);
        CREATE UNIQUE INDEX snapshot_session ON snapshot (session_n, seq);
        CREATE TABLE idempotency (
            session_n INTEGER NOT NULL, key TEXT NOT NULL, fingerprint BLOB NOT NULL,
            PRIMARY KEY (session_n, key)) WITHOUT ROWID;
        CREATE TABLE agent (
            n INTEGER PRIMARY KEY, project TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
            metadata BLOB NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
            deleted INTEGER NOT NULL DEFAULT 0);
        CREATE UNIQUE INDEX agent_id ON agent (project, id);
        CREATE INDEX agent_project ON agent (project, deleted, n);
        CREATE TABLE agent_version (
            agent_n INTEGER NOT NULL, version INTEGER NOT NULL, definition BLOB NOT NULL);
        CREATE UNIQUE INDEX agent_version_number ON agent_version (agent_n, version);
        CREATE TABLE api_key (
            n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, project TEXT NOT NULL, name TEXT NOT NULL,
            digest BLOB NOT NULL, created_at INTEGER NOT NULL, revoked_at INTEGER);
        """

    /// What is open changes with nearly every commit, whether something is open seldom: only that is indexed. Against
    /// REPLACE, which deletes, the connection's `recursive_triggers` protects at no cost; a trigger for it cost 3 % of a
    /// turn's processor time. Some databases of format 1 have that one.
    private static let version2 = """
        DROP TRIGGER IF EXISTS journal_no_replace;
        ALTER TABLE session ADD COLUMN is_open INTEGER NOT NULL DEFAULT 0;
        UPDATE session SET is_open = 1 WHERE open_effects IS NOT NULL;
        DROP INDEX session_open;
        CREATE INDEX session_open ON session (id) WHERE is_open = 1;
        """

    /// One index, whose entries come nearly in their order: a record costs no more than the row itself.
    private static let version3 = """
        CREATE TABLE usage (
            n INTEGER PRIMARY KEY, at INTEGER NOT NULL, project TEXT NOT NULL, key TEXT NOT NULL, request TEXT,
            operation TEXT NOT NULL, route TEXT NOT NULL, target TEXT NOT NULL, model TEXT NOT NULL, session TEXT,
            turn TEXT, seq INTEGER, outcome TEXT NOT NULL, status INTEGER NOT NULL, input INTEGER NOT NULL,
            cached INTEGER NOT NULL, cache_write INTEGER NOT NULL, output INTEGER NOT NULL,
            reasoning INTEGER NOT NULL, estimated INTEGER NOT NULL, cost INTEGER NOT NULL, latency INTEGER NOT NULL,
            first_token INTEGER, attempts INTEGER NOT NULL);
        CREATE INDEX usage_project ON usage (project, at);
        INSERT OR REPLACE INTO meta (name, value) SELECT 'usage_since', coalesce(max(gsn), 0) FROM journal;
        ALTER TABLE api_key ADD COLUMN models TEXT;
        """

    /// Brings a database to the current format. A newer one is refused and left as it is.
    static func migrate(_ connection: Connection) throws(StoreError) {
        let found = try version(connection)
        guard found <= format else { throw tooNew(found: found, readable: format) }
        guard found < format else { return }
        try connection.execute("BEGIN IMMEDIATE")
        for step in Int(found)..<Int(format) { try connection.execute(migrations[step]) }
        if found == 0 {
            let insert = try connection.statement("INSERT INTO partition (id, owner, epoch) VALUES (?, '', 0)")
            for id in 0..<Partition.count { try insert.run(id) }
        }
        let set = try connection.statement("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)")
        try set.run("format", format)
        try set.run("min_reader", minimumReader)
        try connection.execute("COMMIT")
    }

    /// Refuses a database that this program cannot read. For readers that do not write.
    static func checkReadable(_ connection: Connection) throws(StoreError) {
        guard try version(connection) > 0 else {
            throw StoreError(.failed, "the database is empty: no server has opened this data directory yet")
        }
        let needed = try value("min_reader", connection)
        guard needed <= format else { throw tooNew(found: needed, readable: format) }
    }

    /// Takes over all partitions: every epoch rises by one, so whoever had them before is fenced.
    static func takePartitions(_ connection: Connection, owner: String) throws(StoreError) -> [Int64] {
        try connection.execute("BEGIN IMMEDIATE")
        try connection.statement("UPDATE partition SET epoch = epoch + 1, owner = ?").run(owner)
        try connection.execute("COMMIT")
        let select = try connection.statement("SELECT epoch FROM partition ORDER BY id")
        defer { select.reset() }
        var epochs: [Int64] = []
        while try select.step() { epochs.append(select.integer(0)) }
        guard epochs.count == Partition.count else {
            throw StoreError(.corrupt, "the partition table has \(epochs.count) rows, not \(Partition.count)")
        }
        return epochs
    }

    /// The format of the database, 0 for an empty one.
    static func version(_ connection: Connection) throws(StoreError) -> Int64 {
        let exists = try connection.statement("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'meta'")
        defer { exists.reset() }
        return try exists.step() ? try value("format", connection) : 0
    }

    private static func value(_ name: String, _ connection: Connection) throws(StoreError) -> Int64 {
        let select = try connection.statement("SELECT value FROM meta WHERE name = ?")
        select.bind(name)
        defer { select.reset() }
        guard try select.step() else { throw StoreError(.corrupt, "the meta table has no '\(name)'") }
        return select.integer(0)
    }

    private static func tooNew(found: Int64, readable: Int64) -> StoreError {
        StoreError(
            .failed,
            "the database has format \(found), this version of holdfast reads up to \(readable): use the newer version")
    }
}
