import Glibc

/// How long the disk takes to make a small write durable: the floor under the time of every commit.
enum DiskCheck {
    static func finding(in folder: String) -> Finding {
        guard let times = measure(folder, count: 100), !times.isEmpty else {
            return Finding("disk sync", .problem, "a file in \(folder) cannot be written and synced", nil)
        }
        let median = times[times.count / 2]
        let worst = times[times.count - 1]
        let detail = "\(text(median)) in the middle, \(text(worst)) at worst (fdatasync after 4 KiB, 100 times)"
        switch median {
        case ..<0.02:
            return Finding(
                "disk sync", .remark, "\(detail); so fast that it may not reach the disk",
                "Make sure that the disk honours flushes, or expect losses when the power fails.")
        case 20...:
            return Finding(
                "disk sync", .remark, "\(detail); slow: each step of a turn waits for one", "Use a faster disk.")
        default: return Finding("disk sync", .fine, detail, nil)
        }
    }

    /// Sorted times in milliseconds; `nil` when the folder cannot be used.
    private static func measure(_ folder: String, count: Int) -> [Double]? {
        let path = "\(folder)/.holdfast-doctor-\(getpid())"
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { return nil }
        defer {
            close(file)
            unlink(path)
        }
        let block = [UInt8](repeating: 0x5A, count: 4_096)
        var times: [Double] = []
        for _ in 0..<count {
            let start = ContinuousClock.now
            guard write(file, block, block.count) == block.count, fdatasync(file) == 0 else { return nil }
            let taken = (ContinuousClock.now - start).components
            times.append(Double(taken.seconds) * 1_000 + Double(taken.attoseconds) / 1e15)
        }
        return times.sorted()
    }

    private static func text(_ milliseconds: Double) -> String {
        let hundredths = Int((milliseconds * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) ms"
    }
}
