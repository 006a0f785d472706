/// A command cannot go on: what happened, and what to do about it.
struct CommandFailure: Error, CustomStringConvertible {
    var message: String
    /// What the user can do.
    var remedy: String?

    init(_ message: String, remedy: String? = nil) {
        self.message = message
        self.remedy = remedy
    }

    var description: String { remedy.map { "\(message)\n\($0)" } ?? message }
}
