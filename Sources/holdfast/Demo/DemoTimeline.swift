import Synchronization

/// What happened in the demo and when; shown as it happens.
final class DemoTimeline: Sendable {
    private let start = ContinuousClock.now
    private let isQuiet: Bool

    /// - Parameter isQuiet: Whether nothing is shown, because a program reads the result.
    init(isQuiet: Bool) { self.isQuiet = isQuiet }

    /// The time since the demo began.
    var now: Duration { ContinuousClock.now - start }

    /// Shows a line with its time.
    func show(_ mark: String, _ style: Style, _ label: String, _ text: String) {
        guard !isQuiet else { return }
        let time = Style.dim(Text.padLeft(Moments.seconds(now), to: 6) + " s")
        let room = max(30, Terminal.width - 26)
        Terminal.line(
            "\(time)  \(style(mark)) \(Text.pad(label, to: 10)) \(style(Text.cut(Text.safe(text), to: room)))")
    }

    /// Shows a line as it is.
    func line(_ text: String = "") {
        if !isQuiet { Terminal.line(text) }
    }
}
