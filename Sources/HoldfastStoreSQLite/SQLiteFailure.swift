import Foundation
import GRDB
import GRDBSQLite
import HoldfastStore

/// What SQLite reported; the `cause` of every `StoreError` that comes from it.
struct SQLiteFailure: Error, Sendable, CustomStringConvertible {
    /// The extended result code.
    var code: Int32
    /// `errno` of the failed system call.
    var systemError: Int32
    var message: String

    /// The failure of the connection's last call.
    init(connection: OpaquePointer?) {
        code = sqlite3_extended_errcode(connection)
        systemError = sqlite3_system_errno(connection)
        message = String(cString: sqlite3_errmsg(connection))
    }

    init(code: Int32, systemError: Int32 = 0, message: String) {
        self.code = code
        self.systemError = systemError
        self.message = message
    }

    /// The result code without its extension.
    var primary: Int32 { code & 0xFF }

    /// Whether the disk or the quota is exhausted. SQLite reports some of these cases as input/output errors.
    var isFull: Bool {
        primary == SQLITE_FULL
            || primary == SQLITE_IOERR && isWrite && (systemError == ENOSPC || systemError == EDQUOT)
            || code == ioErrorShmSize
    }

    /// Whether a write or a sync failed so that nobody can know what is on the disk.
    var isFatal: Bool { primary == SQLITE_IOERR && !isFull }

    private var isWrite: Bool { code != ioErrorFsync && code != ioErrorDirFsync }

    var description: String { "SQLite error \(code): \(message)" }

    var storeError: StoreError {
        let kind: StoreError.Code =
            if isFull {
                .full
            } else {
                switch primary {
                case SQLITE_CONSTRAINT: .conflict
                case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
                default: .failed
                }
            }
        return StoreError(kind, isFull ? "the disk is full" : description, cause: self)
    }
}

private let ioErrorFsync: Int32 = 10 | 4 << 8
private let ioErrorDirFsync: Int32 = 10 | 5 << 8
private let ioErrorShmSize: Int32 = 10 | 19 << 8

extension StoreError {
    /// The error for what GRDB throws.
    init(grdb error: any Error) {
        switch error {
        case let error as StoreError: self = error
        case let error as DatabaseError:
            self =
                SQLiteFailure(
                    code: error.extendedResultCode.rawValue, message: error.message ?? error.description
                ).storeError
        default: self.init(.failed, "\(error)", cause: error)
        }
    }

    /// Whether the process must stop, see `SQLiteFailure.isFatal`.
    var isFatal: Bool { (cause as? SQLiteFailure)?.isFatal ?? (cause as? FileFailure)?.isFatal ?? false }

    /// Whether the writer refused before it wrote anything (and SQLite did not fail).
    var isRefusal: Bool { cause == nil && (code == .fenced || code == .conflict) }
}
