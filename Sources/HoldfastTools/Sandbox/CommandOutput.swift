/// What one command printed: the first part as text for the outcome, and, once that is cut, all of it in a file.
struct CommandOutput: Sendable {
    /// Bytes of text that the outcome carries.
    let visible: Int
    /// Bytes that the command may print.
    let total: Int
    /// Opens the file for everything; `nil` when it cannot be had.
    let openFile: @Sendable () -> Descriptor?

    private(set) var text = ""
    private(set) var isCut = false
    private(set) var hasFile = false
    private var decoder = TextDecoder()
    private var printed = 0
    private var kept: [UInt8] = []
    private var file: Descriptor?

    init(visible: Int, total: Int, openFile: @escaping @Sendable () -> Descriptor?) {
        self.visible = visible
        self.total = total
        self.openFile = openFile
    }

    /// Whether the command printed more than it may.
    var isOver: Bool { printed > total }

    /// Takes what came and answers the piece of it that belongs to the text.
    mutating func take(_ bytes: [UInt8]) -> String {
        let accepted = Array(bytes.prefix(max(0, total - printed)))
        printed += bytes.count
        guard !isCut else {
            store(accepted)
            return ""
        }
        kept += accepted
        return append(decoder.take(accepted))
    }

    /// The rest of the text, at the end of the output.
    mutating func finish() -> String { isCut ? "" : append(decoder.finish()) }

    /// Adds a remark of our own on a line of its own and answers what was added.
    mutating func note(_ remark: String) -> String {
        let piece = (text.isEmpty || text.utf8.last == 0x0A ? "" : "\n") + remark
        text += piece
        return piece
    }

    private mutating func append(_ piece: String) -> String {
        let room = visible - text.utf8.count
        guard piece.utf8.count > room else {
            text += piece
            return piece
        }
        isCut = true
        let part = String(piece.prefix(utf8: room))
        text += part
        file = openFile()
        hasFile = file != nil
        store(kept)
        kept = []
        return part
    }

    /// The file is a service to the model: when it cannot be written, the command still has its outcome.
    private mutating func store(_ bytes: [UInt8]) {
        guard let file else { return }
        do throws(SystemCall.Failure) {
            try SystemCall.write(file, bytes)
        } catch {
            self.file = nil
            hasFile = false
        }
    }
}
