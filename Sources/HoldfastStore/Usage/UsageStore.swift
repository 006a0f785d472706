/// Usage records. Those of sessions come with `JournalAppend.usage`, in the commit of the answer.
public protocol UsageStore: Sendable {
    /// Adds records durably.
    func record(_ usage: [UsageRecord]) async throws(StoreError)

    /// Sums over groups of records; without groups one sum, or none when there are no records.
    func usage(_ query: UsageQuery) async throws(StoreError) -> Page<UsageSum>

    /// Single records, newest first.
    /// - Parameter number: the record after which the page begins.
    func usageRecords(_ span: UsageSpan, after number: Int64?, limit: Int) async throws(StoreError) -> Page<UsageRecord>
}
