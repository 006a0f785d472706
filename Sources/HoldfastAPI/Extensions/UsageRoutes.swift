import HoldfastCore
import HoldfastRuntime
import HoldfastStore
import Hummingbird

/// `/usage`: what inferences used, summed up, and record by record. On the local socket: that of all projects.
struct UsageRoutes: Sendable {
    let services: APIServices
    let isLocal: Bool

    func add(to group: RouterGroup<APIContext>) {
        group.serve(.get, "usage", sums)
        group.serve(.get, "usage/records", records)
    }

    @Sendable private func sums(_ request: Request, _ context: APIContext) async throws -> Response {
        let query = Query(request)
        let groups = try groups(query)
        let list = try ListQuery(request, services.limits)
        var usage = UsageQuery(try span(query, context), groups: groups, limit: list.limit)
        if let after = list.after {
            usage.after = UsageSumResource.values(after)
            guard usage.after?.count == groups.count, !groups.isEmpty else {
                throw APIError.invalid("after", "'after' names no entry of this list.")
            }
        }
        let page = try await services.usage.usage(usage)
        return .list(page.map { UsageSumResource(groups: groups, sum: $0) }) { $0.id }
    }

    @Sendable private func records(_ request: Request, _ context: APIContext) async throws -> Response {
        let list = try ListQuery(request, services.limits)
        let number = try list.after.map { (after) throws(APIError) -> Int64 in
            guard after.hasPrefix("usage_"), let number = Int64(after.dropFirst(6)) else {
                throw .invalid("after", "'after' names no entry of this list.")
            }
            return number
        }
        let span = try span(Query(request), context)
        let page = try await services.usage.usageRecords(span, after: number, limit: list.limit)
        return .list(page.map(UsageRecordResource.init)) { $0.id }
    }

    private func span(_ query: Query, _ context: APIContext) throws(APIError) -> UsageSpan {
        func time(_ name: String) throws(APIError) -> Milliseconds? {
            guard let text = query[name] else { return nil }
            guard let seconds = Int64(text), 0...253_402_300_800 ~= seconds else {
                throw .invalid(name, "'\(name)' must be a time in seconds since 1970.")
            }
            return seconds * 1_000
        }
        let end = try time("end_time") ?? services.runtime.clock.now() + 1_000
        return UsageSpan(project: isLocal ? nil : context.project, start: try time("start_time") ?? 0, end: end)
    }

    /// From `group_by=model,key`, `group_by[]=model&group_by[]=key`, or both.
    private func groups(_ query: Query) throws(APIError) -> [UsageGrouping] {
        let names = query.items.filter { $0.name == "group_by" || $0.name == "group_by[]" }
            .flatMap { $0.value.split(separator: ",") }
        var groups: Set<UsageGrouping> = []
        for name in names {
            guard let group = UsageGrouping(rawValue: String(name)) else {
                let known = UsageGrouping.allCases.map(\.rawValue).joined(separator: ", ")
                throw .invalid("group_by", "'group_by' can only be \(known).")
            }
            groups.insert(group)
        }
        return UsageGrouping.allCases.filter(groups.contains)
    }
}
