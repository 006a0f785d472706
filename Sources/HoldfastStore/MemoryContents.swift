import HoldfastCore

/// What a memory store holds: plain values, so that a copy is a copy of everything.
struct MemoryContents: Sendable {
    /// One session.
    struct Session: Sendable {
        /// The place in the order of creation.
        var number: Int
        var head: SessionHead
        var records: [JournalRecord] = []
        var snapshots: [Snapshot] = []
        var idempotency: [String: [UInt8]] = [:]
    }

    /// One agent with its versions; deleted ones stay.
    struct Agent: Sendable {
        var record: AgentRecord
        var versions: [AgentDefinition]
        var isDeleted = false
    }

    /// The current epoch of all partitions.
    var epoch: Int64 = 0
    var sessions: [String: Session] = [:]
    /// Session ids in the order of creation.
    var order: [String] = []
    var openWork: Set<String> = []
    /// By project, then in the order of creation.
    var agents: [String: [Agent]] = [:]
    var keys: [KeyRecord] = []
    var usage: [UsageRecord] = []

    mutating func append(_ append: JournalAppend) throws(StoreError) {
        try check(append)
        let id = append.session
        if sessions[id] == nil, let head = append.head {
            sessions[id] = Session(number: order.count, head: head)
            order.append(id)
        }
        // In place: no copy of the records.
        if let head = append.head { sessions[id]?.head = head }
        sessions[id]?.records.append(contentsOf: append.records)
        for record in append.idempotency { sessions[id]?.idempotency[record.key] = record.fingerprint }
        add(append.usage)
        if let head = append.head {
            if head.openEffects.isEmpty { openWork.remove(id) } else { openWork.insert(id) }
        }
    }

    mutating func add(_ records: [UsageRecord]) {
        for var record in records {
            record.number = Int64(usage.count) + 1
            usage.append(record)
        }
    }

    /// Everything that can be wrong, before anything is changed.
    private func check(_ append: JournalAppend) throws(StoreError) {
        let session = sessions[append.session]
        guard !append.records.isEmpty else {
            throw StoreError(.conflict, "an append to \(append.session) without records")
        }
        var expected = session?.headSeq ?? 0
        for record in append.records {
            expected += 1
            guard record.seq == expected else {
                throw StoreError(.conflict, "\(append.session): the next record is \(expected), not \(record.seq)")
            }
        }
        guard session != nil || append.head != nil else {
            throw StoreError(.conflict, "\(append.session) is new, its first append needs a head")
        }
        var seen: Set<String> = []
        for record in append.idempotency {
            guard session?.idempotency[record.key] == nil, seen.insert(record.key).inserted else {
                throw StoreError(.conflict, "\(append.session): the idempotency key is already used")
            }
        }
        guard append.epoch == epoch else {
            throw StoreError(.fenced, "the partition has another owner, epoch \(append.epoch) is over")
        }
    }

    func row(_ id: String) -> SessionRow? {
        sessions[id].map { SessionRow(id: id, head: $0.head, headSeq: $0.headSeq) }
    }
}

extension MemoryContents.Session {
    /// The `seq` of the last record.
    var headSeq: Int64 { records.last?.seq ?? 0 }
}
