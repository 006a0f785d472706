/// Why a store could not do what it was asked.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure; decides what the caller does.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        fileprivate enum Value: String, Sendable {
            case full, fenced, conflict, corrupt, locked, closed, failed
        }

        fileprivate var value: Value

        /// The disk is full: nothing was written, reads go on, try again when there is space.
        public static let full = Code(value: .full)
        /// Another owner has the partition: drop all state and step down.
        public static let fenced = Code(value: .fenced)
        /// The expected sequence number is taken, or a unique name is.
        public static let conflict = Code(value: .conflict)
        /// A checksum or an invariant of stored data does not hold.
        public static let corrupt = Code(value: .corrupt)
        /// Another process has the data directory.
        public static let locked = Code(value: .locked)
        /// The store was closed.
        public static let closed = Code(value: .closed)
        /// Anything else the driver reports.
        public static let failed = Code(value: .failed)

        public var description: String { value.rawValue }
    }

    public var code: Code
    /// What happened and, where there is something to do, what.
    public var message: String
    /// The driver's own error.
    public var cause: (any Error)?

    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    public var description: String { "\(code): \(message)" }
}
