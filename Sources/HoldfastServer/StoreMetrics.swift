import HoldfastAPI
import HoldfastStoreSQLite

/// The store's numbers.
enum StoreMetrics {
    static func metrics(_ statistics: StoreStatistics) -> [Metric] {
        [
            Metric("holdfast_store_commits_total", .counter, statistics.commits),
            Metric("holdfast_store_records_total", .counter, statistics.records),
            Metric("holdfast_store_body_bytes_total", .counter, statistics.bodyBytes),
            Metric("holdfast_store_checkpoints_total", .counter, statistics.checkpoints),
            Metric("holdfast_store_disk_full_total", .counter, statistics.diskFull),
            Metric("holdfast_store_log_bytes", .gauge, statistics.logBytes),
        ]
    }
}
