extension MemoryStore {
    public func record(_ usage: [UsageRecord]) {
        access { $0.add(usage) }
    }

    public func usage(_ query: UsageQuery) -> Page<UsageSum> {
        query.page(of: access { $0.usage })
    }

    public func usageRecords(_ span: UsageSpan, after number: Int64?, limit: Int) -> Page<UsageRecord> {
        let records = access { $0.usage }.filter(span.contains).sorted { ($0.at, $0.number) > ($1.at, $1.number) }
        let start = number.flatMap { number in records.firstIndex { $0.number == number } }.map { $0 + 1 } ?? 0
        let rest = records[start...]
        return Page(entries: Array(rest.prefix(limit)), hasMore: rest.count > limit)
    }
}
