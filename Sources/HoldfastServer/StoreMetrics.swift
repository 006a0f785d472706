import HoldfastStoreSQLite

/// The store's numbers as Prometheus text.
enum StoreMetrics {
    static func lines(_ statistics: StoreStatistics) -> [String] {
        let values: [(String, String, Int)] = [
            ("holdfast_store_commits_total", "counter", statistics.commits),
            ("holdfast_store_records_total", "counter", statistics.records),
            ("holdfast_store_body_bytes_total", "counter", statistics.bodyBytes),
            ("holdfast_store_checkpoints_total", "counter", statistics.checkpoints),
            ("holdfast_store_disk_full_total", "counter", statistics.diskFull),
            ("holdfast_store_log_bytes", "gauge", statistics.logBytes),
        ]
        return values.flatMap { ["# TYPE \($0.0) \($0.1)", "\($0.0) \($0.2)"] }
    }
}
