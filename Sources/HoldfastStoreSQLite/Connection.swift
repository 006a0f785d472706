import GRDB
import GRDBSQLite
import HoldfastStore

/// A database connection while one thread has it, with its prepared statements.
final class Connection {
    private let database: Database
    private var statements: [String: SQLStatement] = [:]

    init(_ database: Database) {
        self.database = database
    }

    /// The prepared statement for a text. One text is used at one place at a time.
    func statement(_ sql: String) throws(StoreError) -> SQLStatement {
        if let statement = statements[sql] { return statement }
        do {
            let statement = SQLStatement(try database.makeStatement(sql: sql))
            statements[sql] = statement
            return statement
        } catch {
            throw StoreError(grdb: error)
        }
    }

    /// A statement of which there are too many forms to keep them prepared.
    func uncachedStatement(_ sql: String) throws(StoreError) -> SQLStatement {
        do { return SQLStatement(try database.makeStatement(sql: sql)) } catch { throw StoreError(grdb: error) }
    }

    /// Executes statements without parameters and rows.
    func execute(_ sql: String) throws(StoreError) {
        guard sqlite3_exec(database.sqliteConnection, sql, nil, nil, nil) == SQLITE_OK else {
            throw SQLiteFailure(connection: database.sqliteConnection).storeError
        }
    }

    /// Rows that the last INSERT, UPDATE or DELETE changed.
    var changes: Int { Int(sqlite3_changes(database.sqliteConnection)) }

    /// Whether a transaction is open.
    var isInTransaction: Bool { sqlite3_get_autocommit(database.sqliteConnection) == 0 }

    /// Ends a transaction that failed; SQLite may have ended it already.
    func rollback() {
        if isInTransaction { try? execute("ROLLBACK") }
    }

    /// How a checkpoint went: all frames of the log, and those of them that are in the database now.
    struct CheckpointResult {
        var frames: Int
        var done: Int
    }

    /// Moves the write-ahead log into the database. With truncation it waits for readers, but only for a moment: a long
    /// reader (a backup, the verifier) must not hold up the writer.
    func checkpoint(truncating: Bool) throws(StoreError) -> CheckpointResult {
        var frames: Int32 = 0
        var done: Int32 = 0
        sqlite3_busy_timeout(database.sqliteConnection, 50)
        defer { sqlite3_busy_timeout(database.sqliteConnection, 5_000) }
        let mode = truncating ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE
        let code = sqlite3_wal_checkpoint_v2(database.sqliteConnection, nil, mode, &frames, &done)
        guard code == SQLITE_OK || code == SQLITE_BUSY else {
            throw SQLiteFailure(connection: database.sqliteConnection).storeError
        }
        return CheckpointResult(frames: Int(frames), done: Int(done))
    }

    /// Tells the number of frames in the write-ahead log after each commit. The counter must live as long as this.
    func observeLog(_ counter: FrameCounter) {
        sqlite3_wal_hook(
            database.sqliteConnection,
            { context, _, _, frames in
                Unmanaged<FrameCounter>.fromOpaque(context!).takeUnretainedValue().frames = Int(frames)
                return SQLITE_OK
            }, Unmanaged.passUnretained(counter).toOpaque())
    }
}

/// How many frames the write-ahead log has, as the last commit saw it.
final class FrameCounter {
    var frames = 0
}

extension Connection {
    /// Opens the database for the one writer.
    static func writerQueue(path: String) throws(StoreError) -> DatabaseQueue {
        try queue(
            path: path, isReadOnly: false, label: "holdfast.writer",
            pragmas: """
                PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;
                PRAGMA cache_size = -32768; PRAGMA recursive_triggers = 1
                """)
    }

    /// Opens the database for reading only.
    static func readerQueue(path: String) throws(StoreError) -> DatabaseQueue {
        try queue(
            path: path, isReadOnly: true, label: "holdfast.reader",
            pragmas: "PRAGMA query_only = 1; PRAGMA cache_size = -8192")
    }

    private static func queue(
        path: String, isReadOnly: Bool, label: String, pragmas: String
    ) throws(StoreError) -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = isReadOnly
        configuration.label = label
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY; \(pragmas)")
        }
        do { return try DatabaseQueue(path: path, configuration: configuration) } catch {
            throw StoreError(grdb: error)
        }
    }
}
