import Foundation

/// The environment of this process.
enum Environment {
    /// All variables.
    static var all: [String: String] { ProcessInfo.processInfo.environment }
}
