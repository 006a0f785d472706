/// A client's input that changed nothing, such as a cancel of an idle session. Recorded only when it came with an
/// idempotency key, so that the key is bound to it.
public struct InputIgnored: Sendable, Equatable, JSONWritable {
    public init() {}

    public func write(to writer: inout JSONWriter) {
        writer.object { _ in }
    }
}
