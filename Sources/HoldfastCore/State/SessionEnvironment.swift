/// Where a session's commands run and its files live.
public struct SessionEnvironment: Sendable, Equatable {
    /// The kinds that are served here.
    public enum Kind: String, Sendable {
        /// No environment: no commands, no files.
        case none
        /// A sandbox of this machine with a workspace of its own.
        case hosted
    }

    /// How far the environment is.
    public enum Status: String, Sendable {
        case pending, ready, connected, failed
        /// Gone with its session.
        case removed
    }

    public var kind: Kind
    /// The environment's id; empty for `none`.
    public var id: String
    /// `small`, `medium` or `large`: how much memory and processor time a command may use.
    public var size: String
    public var status: Status
    /// Why the environment could not be made, once `failed`.
    public var error: String?

    public init(kind: Kind, id: String = "", size: String = "medium", status: Status = .pending, error: String? = nil) {
        self.kind = kind
        self.id = id
        self.size = size
        self.status = status
        self.error = error
    }

    /// The session runs without an environment.
    public static let none = SessionEnvironment(kind: .none, status: .connected)
}

extension SessionEnvironment: JSONWritable {
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("kind", kind.rawValue)
            guard kind != .none else { return }
            writer.member("id", id)
            writer.member("size", size)
            writer.member("status", status.rawValue)
            writer.member(ifPresent: "error", error)
        }
    }

    public init(_ json: JSONObject) throws(JSONReadError) {
        switch Kind(rawValue: try json.string("kind")) {
        case .some(.none): self = .none
        case .hosted:
            guard let status = Status(rawValue: try json.string("status")) else {
                throw JSONReadError(name: "status", expected: "an environment status")
            }
            self.init(
                kind: .hosted, id: try json.string("id"), size: try json.string("size"), status: status,
                error: json["error"]?.string)
        case nil: throw JSONReadError(name: "kind", expected: "an environment kind")
        }
    }
}
