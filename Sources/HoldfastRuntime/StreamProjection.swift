public import HoldfastCore

/// One public stream event: a place, a name, and the JSON of its data.
public struct StreamFrame: Sendable, Equatable {
    public var position: StreamPosition
    /// The event's id, by which a reader may come back.
    public var id: String
    /// The event's type.
    public var name: String
    /// A JSON object without its closing brace, so that a connection can add members of its own.
    public var openData: [UInt8]

    public init(position: StreamPosition, id: String, name: String, openData: [UInt8]) {
        self.position = position
        self.id = id
        self.name = name
        self.openData = openData
    }
}

/// The language of a public event stream.
public enum StreamDialect: Sendable, Hashable {
    /// The session's events, as the Agents API shows them.
    case agents
    /// The session's turns as responses.
    case responses
}

/// How journal events show in a public event stream. A pure function, so that live readers and readers of the past
/// see the same bytes.
public protocol StreamProjection: Sendable {
    /// Appends the public events that `event` means; their parts count from 0.
    func project(
        _ event: SessionEvent, before: SessionState?, after: SessionState, at time: Milliseconds,
        into frames: inout [StreamFrame])
}
