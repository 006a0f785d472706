import HoldfastCore
import HoldfastRuntime
import HoldfastStore
import Synchronization

/// A reader of one session's stream who is slow now and then, and comes back after every cut with the last event id.
final class SimulatedReader: Sendable {
    let session: String
    private let simulation: Simulation

    init(session: String, simulation: Simulation) {
        self.session = session
        self.simulation = simulation
    }

    func run() async {
        var frames: [StreamFrame] = []
        while !simulation.isOver {
            if let node = simulation.node, let stream = await open(node.runtime, after: frames.last) {
                await read(stream, from: node, into: &frames)
            }
            await simulation.pause(1...60)
        }
        compare(frames)
    }

    private func open(_ runtime: Runtime, after last: StreamFrame?) async -> SessionStream? {
        do throws(StreamError) {
            let start = last.map { StreamStart.after(eventID: $0.id) } ?? .beginning
            return try await runtime.stream(session: session, project: "p", from: start, owner: "reader")
        } catch {
            if case .unknownEvent(let id) = error {
                simulation.require(false, "what was shown is not lost", "\(session): \(id)")
            }
            return nil
        }
    }

    private func read(_ stream: SessionStream, from node: SimulatedNode, into frames: inout [StreamFrame]) async {
        while !simulation.isOver {
            guard let step = try? await stream.next() else { return }
            switch step {
            case .ended: return
            case .keepAlive: continue
            case .frames(let new):
                simulation.require(
                    simulation.options.control == .acknowledgesEarly
                        || simulation.memory.session(session)?.headSeq ?? 0 >= new.last?.position.seq ?? 0,
                    "nothing is shown before it is durable", session)
                frames += new
            }
            let (isSlow, leaves) = simulation.world.draw { ($0.chance(10), $0.chance(4)) }
            if isSlow { await simulation.pause(200...3_000) }
            if leaves, node.store.isCrashed == false { return simulation.count("reader left and came back") }
        }
    }

    /// What was read, over all connections, is the beginning of what a reader of the past sees.
    private func compare(_ frames: [StreamFrame]) {
        let expected = simulation.witness(session)?.frames ?? []
        for (index, frame) in frames.enumerated() where index >= expected.count || expected[index] != frame {
            let wanted = index < expected.count ? expected[index].id : "nothing"
            return simulation.require(
                false, "a reader sees each event once", "\(session): \(frame.id) instead of \(wanted)")
        }
    }
}
