public import HoldfastCore
public import HoldfastRuntime

/// Shows each journal event as one public event, and an answer as two.
public struct PlainProjection: StreamProjection {
    public init() {}

    public func project(
        _ event: SessionEvent, before: SessionState?, after: SessionState, at time: Milliseconds,
        into frames: inout [StreamFrame]
    ) {
        var parts = 1
        if case .modelAnswered = event { parts = 2 }
        for part in 0..<parts {
            let id = after.identifiers.event(after.seq, part)
            let data = JSONWriter.openObject { writer in
                writer.member("type", event.kind)
                writer.member("at", time)
            }
            frames.append(
                StreamFrame(
                    position: StreamPosition(seq: after.seq, part: part), id: id, name: event.kind, openData: data))
        }
    }
}
