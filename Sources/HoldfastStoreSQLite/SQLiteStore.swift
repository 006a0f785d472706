import Foundation
import GRDB
import HoldfastCore
public import HoldfastStore
public import Logging
import Synchronization

/// The store in one SQLite database in a data directory.
///
/// One thread writes and checkpoints; a few connections read. SQLite before 3.51.3 can damage a write-ahead log that
/// two connections write or checkpoint, so nothing else does either, and a lock file keeps other processes out.
public final class SQLiteStore: Store {
    /// How a store is opened.
    public struct Options: Sendable {
        /// Bodies above this many bytes go to a file of their own.
        public var inlineBody = Limits().inlineBody
        /// Connections for reading.
        public var readers = 4

        public init() {}
    }

    /// The data directory.
    public let directory: String

    let options: Options
    let writer: Writer
    let readers: ThreadPool<Connection>
    let files: ThreadPool<Void>
    let blobs: BlobFiles
    let logger: Logger
    private let epochs: [Int64]

    /// Opens the store of a data directory, which is created when it is missing.
    /// - Throws: `.locked` when a process has it open, `.failed` when a newer version wrote it.
    public static func open(
        directory: String, options: Options = Options(), logger: Logger = Logger(label: "holdfast.store")
    ) async throws(StoreError) -> SQLiteStore {
        let result: Result<SQLiteStore, StoreError> = await withUnsafeContinuation { continuation in
            let thread = Thread {
                do throws(StoreError) {
                    let store = try SQLiteStore(directory: directory, options: options, logger: logger)
                    continuation.resume(returning: .success(store))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            thread.start()
        }
        return try result.get()
    }

    private init(directory: String, options: Options, logger: Logger) throws(StoreError) {
        self.directory = directory
        self.options = options
        self.logger = logger
        let layout = DataDirectory(directory)
        try layout.create()
        let lock = try DirectoryLock(directory: directory)
        try layout.createDatabaseFile()
        let queue = try Connection.writerQueue(path: layout.database)
        let outcome = queue.writeWithoutTransaction { database in
            SQLiteStore.prepare(Connection(database))
        }
        epochs = try outcome.get()
        try layout.sync()
        blobs = BlobFiles(directory: layout.blobs)
        readers = try SQLiteStore.startReaders(path: layout.database, count: options.readers)
        files = ThreadPool(threads: 2, name: "hf-files") { _, work in work(()) }
        writer = Writer()
        SQLiteStore.startWriter(writer, queue: queue, lock: lock, logger: logger)
    }

    deinit {
        writer.stop()
        readers.stop()
        files.stop()
    }

    /// Finishes what is queued, moves the log into the database and releases the data directory. Later calls throw
    /// `.closed`.
    public func close() async {
        await files.close()
        await readers.close()
        await writer.close()
    }

    /// What the store has done since it was opened.
    public var statistics: StoreStatistics { writer.statistics }

    public func epoch(ofPartition partition: Int) -> Int64 { epochs[partition] }

    private static func prepare(_ connection: Connection) -> Result<[Int64], StoreError> {
        do throws(StoreError) {
            defer { connection.rollback() }
            try Schema.migrate(connection)
            return .success(try Schema.takePartitions(connection, owner: "process \(getpid())"))
        } catch {
            return .failure(error)
        }
    }

    private static func startReaders(path: String, count: Int) throws(StoreError) -> ThreadPool<Connection> {
        var queues: [DatabaseQueue] = []
        for _ in 0..<max(1, count) { queues.append(try Connection.readerQueue(path: path)) }
        return ThreadPool(threads: queues.count, name: "hf-read") { [queues] index, work in
            queues[index].unsafeRead { work(Connection($0)) }
            try? queues[index].close()
        }
    }

    private static func startWriter(_ writer: Writer, queue: DatabaseQueue, lock: DirectoryLock, logger: Logger) {
        let thread = Thread {
            queue.writeWithoutTransaction { database in
                do throws(StoreError) {
                    try WriterThread(writer: writer, connection: Connection(database), logger: logger).run()
                } catch {
                    // The statements were valid a moment ago: the file has been changed under us.
                    fatalError("the writer of the store cannot start: \(error)")
                }
            }
            try? queue.close()
            lock.release()
            writer.finish()
        }
        thread.name = "hf-write"
        thread.stackSize = 1 << 20
        thread.start()
    }
}

/// Where the files of a data directory are.
struct DataDirectory {
    let path: String

    init(_ path: String) {
        self.path = path
    }

    var database: String { "\(path)/holdfast.db" }
    var blobs: String { "\(path)/blobs" }

    func create() throws(StoreError) {
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
        if try FileSystem.makeDirectory(path) { try FileSystem.syncDirectory(parent) }
        try FileSystem.makeDirectory(blobs)
    }

    /// Creates the database file before SQLite does, so that only its owner may read it (its log files follow it).
    func createDatabaseFile() throws(StoreError) {
        close(try FileSystem.open(database, O_RDWR | O_CREAT))
    }

    /// Makes the entries of the directory durable.
    func sync() throws(StoreError) {
        try FileSystem.syncDirectory(path)
    }
}
