import Dispatch
import Glibc

/// Runs something when a person presses Ctrl-C or the process is told to end, then ends with the status it gives.
final class Interrupt {
    private let sources: [any DispatchSourceSignal]

    init(signals: [Int32] = [SIGINT, SIGTERM, SIGHUP], _ action: @escaping @Sendable () -> Int32) {
        sources = signals.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { exit(action()) }
            source.resume()
            return source
        }
    }

    /// Gives the signals their usual meaning back.
    func remove() {
        for source in sources {
            signal(Int32(source.handle), SIG_DFL)
            source.cancel()
        }
    }
}
