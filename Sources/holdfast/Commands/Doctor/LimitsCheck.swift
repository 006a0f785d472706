import Glibc

/// The limits that the system sets for processes.
enum LimitsCheck {
    static func findings() -> [Finding] { [files()] }

    private static func files() -> Finding {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let detail = "\(text(limit.rlim_cur)) (at most \(text(limit.rlim_max))); each open stream needs one"
        guard limit.rlim_cur < 8_192 else { return Finding("open files", .fine, detail, nil) }
        return Finding("open files", .remark, detail, "Raise it: ulimit -n 65536, or LimitNOFILE= in a systemd unit.")
    }

    private static func text(_ value: rlim_t) -> String { value == .max ? "unlimited" : "\(value)" }
}
