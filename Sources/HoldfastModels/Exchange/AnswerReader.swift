import HoldfastCore
import NIOCore
import NIOHTTP1

/// Reads an answer from the bytes of a response, however the network cut them, and emits its pieces.
protocol AnswerReader: Sendable {
    associatedtype Answer: Sendable

    /// Whether the body is a stream. JSON in place of a stream is an error, whatever the status says.
    static var isStream: Bool { get }

    /// What follows does not matter.
    var isDone: Bool { get }
    /// Nothing of the answer itself is missing.
    var isComplete: Bool { get }

    mutating func take(_ chunk: ByteBuffer, emit: (ModelPiece) -> Void) throws(ModelError)

    /// The body has ended.
    mutating func end(emit: (ModelPiece) -> Void) throws(ModelError)

    /// The whole answer.
    func answer(from host: String) -> Result<Answer, ModelError>
}

/// A response that is not the answer that was asked for.
struct ErrorResponse: Sendable {
    var status: Int
    var headers: HTTPHeaders
    /// The beginning of the body.
    var body: [UInt8]

    /// The status that tells most: an error that came as a success is the provider's fault.
    var effectiveStatus: Int { isFalseSuccess ? 502 : status }

    /// What to say when the body says nothing.
    var fallbackMessage: String {
        isFalseSuccess ? "the provider answered JSON in place of a stream" : "the provider answered status \(status)"
    }

    private var isFalseSuccess: Bool { 200..<300 ~= status }
}
