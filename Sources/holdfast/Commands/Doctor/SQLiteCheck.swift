import Glibc

/// The SQLite library that this process uses.
enum SQLiteCheck {
    static func finding() -> Finding {
        guard let version = version() else {
            return Finding("SQLite", .problem, "the library was not found", "Install libsqlite3-0.")
        }
        let parts = version.split(separator: ".").compactMap { Int($0) }
        guard parts.lexicographicallyPrecedes([3, 51, 3]) else { return Finding("SQLite", .fine, version, nil) }
        let detail =
            "\(version); before 3.51.3 two connections that write or checkpoint at once can damage a database, so "
            + "Holdfast writes and checkpoints through one connection only"
        return Finding(
            "SQLite", .remark, detail, "While a server runs, let no other program open the database for writing.")
    }

    /// Asks the loaded library itself: what it was built against says nothing about this machine.
    private static func version() -> String? {
        guard let symbol = dlsym(nil, "sqlite3_libversion") else { return nil }
        typealias Function = @convention(c) () -> UnsafePointer<CChar>?
        return unsafeBitCast(symbol, to: Function.self)().map { String(cString: $0) }
    }
}
