public import HoldfastCore

/// By what usage is summed up. The values of a group are texts; those of `day` and `hour` are seconds since 1970.
public enum UsageGrouping: String, Sendable, CaseIterable {
    case day, hour, project, key, route, target, model, session, operation, outcome

    /// The value of a record.
    public func value(of record: UsageRecord) -> String {
        switch self {
        case .day: String(record.at / 86_400_000 * 86_400)
        case .hour: String(record.at / 3_600_000 * 3_600)
        case .project: record.project
        case .key: record.key
        case .route: record.route
        case .target: record.target
        case .model: record.model
        case .session: record.session ?? ""
        case .operation: record.operation.rawValue
        case .outcome: record.outcome.rawValue
        }
    }
}

/// Which records are looked at.
public struct UsageSpan: Sendable, Equatable {
    /// `nil` for all projects.
    public var project: String?
    /// The first moment, and the one after the last.
    public var start: Milliseconds
    public var end: Milliseconds

    public init(project: String?, start: Milliseconds, end: Milliseconds) {
        self.project = project
        self.start = start
        self.end = end
    }

    func contains(_ record: UsageRecord) -> Bool {
        (project == nil || record.project == project) && (start..<max(start, end)).contains(record.at)
    }
}

/// How usage is summed up, and which part of the sums is wanted. Sums come in the order of their values' bytes.
public struct UsageQuery: Sendable, Equatable {
    public var span: UsageSpan
    public var groups: [UsageGrouping]
    /// The values of the sum after which the page begins, one for each group.
    public var after: [String]?
    public var limit: Int

    public init(_ span: UsageSpan, groups: [UsageGrouping] = [], after: [String]? = nil, limit: Int = 100) {
        self.span = span
        self.groups = groups
        self.after = after
        self.limit = limit
    }
}
