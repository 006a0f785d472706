import Foundation
import Glibc
import HoldfastCore

/// A server process with a data directory of its own, for one measurement.
struct BenchServer {
    let process: ServerProcess
    let endpoint: Endpoint

    /// Starts a server, runs the body, stops the server and removes its data.
    static func with<Value: Sendable>(
        _ options: BenchOptions, settings own: [String: String] = [:],
        _ body: (BenchServer, APIClient) async throws -> Value
    ) async throws -> Value {
        let parent = options.scratch ?? Environment.all["TMPDIR"] ?? "/tmp"
        var template = Array("\(parent)/holdfast-bench-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CommandFailure("No folder can be made in \(parent).") }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { removeTree(folder) }
        let settings = ["HOLDFAST_LOG_LEVEL": "warning"].merging(own) { $1 }
        let process = try ServerProcess(data: folder, environment: Environment.all, settings: settings)
        _ = try await process.start()
        do {
            let endpoint = Endpoint(dataDirectory: folder)
            let value = try await APIClient.with(endpoint) { client in
                let key = try await client.post("/keys", ["name": "bench"])["key"]?.string ?? ""
                return try await body(
                    BenchServer(process: process, endpoint: try Endpoint(url: process.url, key: key)), client)
            }
            try await process.stop()
            return value
        } catch {
            process.abandon()
            throw error
        }
    }

    /// The memory that the server uses, in bytes.
    var residentMemory: Double {
        let text = (try? ProcessFiles.text("/proc/\(process.pid)/status")) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? .nan) * 1_024
    }

    /// Everything in the data directory, in bytes.
    var diskBytes: Double {
        ["holdfast.db", "holdfast.db-wal"].reduce(0) { total, name in
            var info = stat()
            return stat("\(process.data)/\(name)", &info) == 0 ? total + Double(info.st_size) : total
        }
    }

    /// The processor time that the server used so far, in seconds.
    var processorTime: Double {
        let text = (try? ProcessFiles.text("/proc/\(process.pid)/stat")) ?? ""
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return .nan }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// A metric of the server.
    func metric(_ name: String) async throws -> Double {
        let text = try await APIClient.with(
            Endpoint(base: "http://127.0.0.1:\(process.port)", name: "bench", key: endpoint.key)
        ) {
            try await $0.text("/metrics")
        }
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
        return line?.split(separator: " ").last.flatMap { Double($0) } ?? .nan
    }

    private static func removeTree(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// Small files of the system.
enum ProcessFiles {
    static func text(_ path: String) throws -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw CommandFailure("\(path) cannot be read.") }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let count = read(file, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
