import HoldfastCore
import HoldfastRuntime
public import HoldfastStore
import HoldfastStoreSQLite

/// Checks everything that a data directory holds: what the store promises (structure, checksums, numbers without gaps,
/// epochs, blobs) and what its content means (every event can be read, snapshots equal the refolded journal, the
/// catalog's status and open effects are those of the refolded session).
public struct StoreVerification: Sendable {
    /// Something that is wrong.
    public struct Problem: Sendable, Equatable {
        /// The session, or `store`.
        public var place: String
        public var detail: String
    }

    /// What was checked and found.
    public struct Report: Sendable {
        public var sessions = 0
        public var records = 0
        public var problems: [Problem] = []
    }

    private static let pageSize = 1_000

    /// Checks a data directory; also beside a running server, whose newest commits may then not be covered.
    /// - Throws: `StoreError` when the directory cannot be read at all.
    public static func run(directory: String) throws(StoreError) -> Report {
        let verifier = try SQLiteVerifier(directory: directory)
        var report = Report()
        add(try verifier.verifyFile(), to: &report)
        var last: String?
        while true {
            let rows = try verifier.sessions(after: last, limit: 500)
            guard let end = rows.last else { return report }
            for row in rows {
                add(try verifier.verify(row), to: &report)
                do throws(StoreError) {
                    try check(row, verifier, &report)
                } catch {
                    report.problems.append(Problem(place: row.id, detail: error.message))
                }
                report.sessions += 1
            }
            last = end.id
        }
    }

    private static func add(_ problems: [SQLiteVerifier.Problem], to report: inout Report) {
        report.problems += problems.map { problem in
            let detail = [problem.seq.map { "record \($0)" }, problem.text].compactMap(\.self).joined(separator: ": ")
            return Problem(place: problem.session ?? "store", detail: detail)
        }
    }

    /// Refolds a session and compares what was derived from it.
    private static func check(
        _ row: SessionRow, _ verifier: SQLiteVerifier, _ report: inout Report
    ) throws(StoreError) {
        var snapshots = try verifier.snapshots(session: row.id).filter { $0.foldVersion == SessionCore.foldVersion }[
            ...]
        var state: SessionState?
        while (state?.seq ?? 0) < row.headSeq {
            let after = state?.seq ?? 0
            let limit = min(pageSize, Int(row.headSeq - after))
            let records = try verifier.records(session: row.id, after: after, limit: limit)
            for record in records {
                state = SessionCore.refold(
                    session: row.id, from: state,
                    CollectionOfOne((event: try StateLoader.event(record, session: row.id), at: record.at)))
                report.records += 1
                while let snapshot = snapshots.first, snapshot.seq <= record.seq {
                    snapshots.removeFirst()
                    if snapshot.seq == record.seq, !isEqual(snapshot, state) {
                        report.problems.append(
                            Problem(
                                place: row.id,
                                detail: "the snapshot at record \(snapshot.seq) is not the refolded journal"))
                    }
                }
            }
            guard records.count == limit else { break }
        }
        guard let state else { return }
        var expected = SessionHead(state)
        // The order of metadata pairs is not kept.
        expected.metadata.sort { $0.key < $1.key }
        var found = row.head
        found.metadata.sort { $0.key < $1.key }
        if found.openEffects != expected.openEffects {
            report.problems.append(
                Problem(
                    place: row.id,
                    detail: "open effects are \(found.openEffects), the journal says \(expected.openEffects)"))
        } else if found != expected {
            report.problems.append(Problem(place: row.id, detail: "the catalog's row is not what the journal says"))
        }
    }

    private static func isEqual(_ snapshot: Snapshot, _ state: SessionState?) -> Bool {
        guard let json = try? JSONParser.parse(snapshot.body, options: .init(maximumDepth: 512)).object else {
            return false
        }
        return (try? SessionState(json)) == state
    }
}
