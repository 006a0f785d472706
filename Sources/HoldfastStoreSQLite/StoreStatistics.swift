/// What a store has done since it was opened.
public struct StoreStatistics: Sendable, Equatable {
    /// Transactions that were committed, each with one sync.
    public var commits = 0
    /// Appends that were acknowledged, and the records and body bytes in them.
    public var appends = 0
    public var records = 0
    public var bodyBytes = 0
    /// Appends and other writes in the largest commit.
    public var largestBatch = 0
    /// Snapshots that were written, and those that were dropped because too many waited.
    public var snapshots = 0
    public var droppedSnapshots = 0
    /// Write batches that found the disk full.
    public var diskFull = 0
    /// Checkpoints of the write-ahead log, and its size in bytes as last seen.
    public var checkpoints = 0
    public var logBytes = 0

    public init() {}
}
