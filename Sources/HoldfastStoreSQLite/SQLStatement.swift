import GRDB
import GRDBSQLite
import HoldfastStore

/// A value that SQLite can bind.
protocol SQLValue {
    func bind(_ statement: OpaquePointer, _ index: Int32)
}

/// A prepared statement over SQLite's own functions: GRDB prepares it, the hot paths bind and read it without boxing.
///
/// Belongs to one connection and is used by that connection's thread only.
final class SQLStatement {
    private let prepared: Statement
    private let handle: OpaquePointer

    init(_ prepared: Statement) {
        self.prepared = prepared
        handle = prepared.sqliteStatement
    }

    /// Binds the parameters from the first on.
    func bind<each Value: SQLValue>(_ values: repeat each Value) {
        var index: Int32 = 0
        for value in repeat each values {
            index += 1
            value.bind(handle, index)
        }
    }

    /// Binds one parameter; the first one is 1.
    func bind(_ value: some SQLValue, at index: Int) {
        value.bind(handle, Int32(index))
    }

    /// Goes to the next row; `false` when there is none.
    func step() throws(StoreError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw SQLiteFailure(connection: sqlite3_db_handle(handle)).storeError
        }
    }

    /// Ends the reading of rows. Every statement must be reset before its transaction ends.
    func reset() {
        sqlite3_reset(handle)
    }

    /// Binds and executes a statement that gives no rows.
    func run<each Value: SQLValue>(_ values: repeat each Value) throws(StoreError) {
        bind(repeat each values)
        defer { reset() }
        while try step() {}
    }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        let count = Int(sqlite3_column_bytes(handle, column))
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }
}

/// SQLite copies what is bound.
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

extension Int64: SQLValue {
    func bind(_ statement: OpaquePointer, _ index: Int32) { sqlite3_bind_int64(statement, index, self) }
}

extension Int: SQLValue {
    func bind(_ statement: OpaquePointer, _ index: Int32) { sqlite3_bind_int64(statement, index, Int64(self)) }
}

extension UInt32: SQLValue {
    func bind(_ statement: OpaquePointer, _ index: Int32) { sqlite3_bind_int64(statement, index, Int64(self)) }
}

extension Bool: SQLValue {
    func bind(_ statement: OpaquePointer, _ index: Int32) { sqlite3_bind_int64(statement, index, self ? 1 : 0) }
}

extension String: SQLValue {
    func bind(_ statement: OpaquePointer, _ index: Int32) {
        var copy = self
        _ = copy.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) {
                // An empty string has no address; a null pointer would bind NULL.
                sqlite3_bind_text(statement, index, $0.baseAddress ?? emptyText, Int32($0.count), transient)
            }
        }
    }
}

extension [UInt8]: SQLValue {
    func bind(_ statement: OpaquePointer, _ index: Int32) {
        if isEmpty {
            sqlite3_bind_zeroblob(statement, index, 0)
        } else {
            _ = withUnsafeBytes { sqlite3_bind_blob(statement, index, $0.baseAddress, Int32($0.count), transient) }
        }
    }
}

extension Optional: SQLValue where Wrapped: SQLValue {
    func bind(_ statement: OpaquePointer, _ index: Int32) {
        if let self { self.bind(statement, index) } else { sqlite3_bind_null(statement, index) }
    }
}

/// The address of an empty C string that lives as long as the process.
private nonisolated(unsafe) let emptyText: UnsafePointer<CChar> = {
    let text = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    text.initialize(to: 0)
    return UnsafePointer(text)
}()
