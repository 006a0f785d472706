import HoldfastCore
import HoldfastStore
import Hummingbird

/// `/agents/sessions/{id}/journal`: the truth behind a session, event by event.
struct JournalRoutes: Sendable {
    let services: APIServices

    func add(to group: RouterGroup<APIContext>) {
        group.serve(.get, "agents/sessions/:session_id/journal", list)
    }

    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response {
        let id = try context.parameters.require("session_id")
        _ = try await services.session(id, context.project)
        let query = Query(request)
        guard let after = Int64(query["after"] ?? "0"), after >= 0 else {
            throw APIError.invalid("after", "'after' must be a sequence number.")
        }
        guard let limit = Int(query["limit"] ?? "100"), (1...1_000).contains(limit) else {
            throw APIError.invalid("limit", "'limit' must be an integer between 1 and 1000.")
        }
        let records = try await services.journal.records(session: id, after: after, limit: limit + 1)
        let page = Page(entries: records.prefix(limit).map(RecordResource.init), hasMore: records.count > limit)
        return .list(page) { String($0.record.seq) }
    }
}

/// A journal record.
private struct RecordResource: JSONWritable {
    let record: JournalRecord

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("seq", record.seq)
            writer.member("kind", record.kind)
            writer.member("version", record.version)
            writer.member("at", record.at)
            writer.name("body")
            writer.raw(record.body)
        }
    }
}
