import HoldfastCore
public import HoldfastStore

/// Where a stream begins.
public enum StreamStart: Sendable, Equatable {
    /// With the next event.
    case live
    /// With the session's first event.
    case beginning
    /// Behind the public event with this id.
    case after(eventID: String)
    /// With the journal event `seq`.
    case at(seq: Int64)
}

/// A stream cannot be opened.
public enum StreamError: Error, Sendable {
    case notFound
    /// The session has no event with this id.
    case unknownEvent(String)
    case store(StoreError)
}

extension Runtime {
    /// Opens a session's event stream.
    /// - Parameter owner: the key's id; `EventFanout.end(owner:)` ends the stream.
    public func stream(
        session: String, project: String, from start: StreamStart, owner: String, dialect: StreamDialect = .agents
    ) async throws(StreamError) -> SessionStream {
        // Subscribed first: what is committed from now on cannot be missed.
        let subscription = fanout.subscribe(session: session, project: project, owner: owner, dialect: dialect)
        do throws(StreamError) {
            let (position, replay) = try await place(session: session, project: project, start)
            return SessionStream(
                session: session, at: position, replay: replay, subscription: subscription, runtime: self)
        } catch {
            fanout.unsubscribe(subscription)
            throw error
        }
    }

    private func place(
        session: String, project: String, _ start: StreamStart
    ) async throws(StreamError) -> (StreamPosition, ReplayPoint?) {
        let head = try await head(of: session, project: project)
        switch start {
        case .live: return (StreamPosition(seq: head, part: .max), nil)
        case .beginning: return (StreamPosition(seq: 0, part: .max), ReplayPoint(state: nil, through: head))
        case .at(let seq):
            let before: SessionState?
            do throws(StoreError) {
                before = try await loader.state(session: session, at: seq - 1)
            } catch {
                throw .store(error)
            }
            return (StreamPosition(seq: seq - 1, part: .max), ReplayPoint(state: before, through: head))
        case .after(let id):
            guard let position = SessionIdentifiers(session: session).position(ofEvent: id), position.seq <= head
            else { throw .unknownEvent(id) }
            let before = try await events(at: position, of: session, id)
            return (position, ReplayPoint(state: before, through: head))
        }
    }

    private func head(of session: String, project: String) async throws(StreamError) -> Int64 {
        if let live = registry.live(session) {
            let state = live.committed
            guard state.project == project, !state.isDeleted else { throw .notFound }
            return state.seq
        }
        do throws(StoreError) {
            guard let row = try await store.session(session), row.head.project == project, !row.head.isDeleted
            else { throw StoreError(.failed, "") }
            return row.headSeq
        } catch {
            throw error.code == .failed && error.message.isEmpty ? .notFound : .store(error)
        }
    }

    /// The state before the event that a position names; throws unless that event shows a part of this number.
    private func events(
        at position: StreamPosition, of session: String, _ id: String
    ) async throws(StreamError) -> SessionState? {
        var frames: [StreamFrame] = []
        let projection = projection(.agents)
        let before: SessionState?
        do throws(StoreError) {
            before = try await loader.state(session: session, at: position.seq - 1)
            for record in try await store.records(session: session, after: position.seq - 1, limit: 1) {
                let event = try StateLoader.event(record, session: session)
                var after = before
                try StateLoader.fold(event, of: record, session: session, into: &after)
                projection.project(event, before: before, after: after!, at: record.at, into: &frames)
            }
        } catch {
            throw .store(error)
        }
        guard frames.contains(where: { $0.position == position }) else { throw .unknownEvent(id) }
        return before
    }
}
