import HTTPTypes
import HoldfastCore
import HoldfastModels
import HoldfastStore
import Hummingbird
import NIOCore

// How answers go to the client, and into the books on their way.

extension InferencePassage {
    /// The response that an answer is.
    func response(_ found: Found) -> Response {
        switch found.answer.value {
        case .relayed(let answer): return relayed(answer, found)
        case .whole(let answers, let translated):
            book.begin(found.walk, found.answer.lease)
            for answer in answers { book.add(answer) }
            defer { book.close(.completed, status: 200) }
            return .json(ChatCompletion(head: translated.head, answers: answers))
        case .vectors(let answer, let translated):
            book.begin(found.walk, found.answer.lease)
            book.add(ModelAnswer(usage: TokenUsage(input: answer.inputTokens)))
            defer { book.close(.completed, status: 200) }
            return .json(EmbeddingList(model: translated.model, answer: answer, isBase64: translated.isBase64))
        case .streamed:
            return Response(
                status: .ok, headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-cache"],
                body: body(found, status: 200))
        }
    }

    private func relayed(_ answer: RelayedAnswer, _ found: Found) -> Response {
        var headers: HTTPFields = [.contentType: answer.contentType]
        if let retryAfter = answer.retryAfter { headers[.retryAfter] = String(retryAfter) }
        let status = HTTPResponse.Status(code: answer.status)
        guard case .whole(let bytes) = answer.body, !isResponseStream(answer) else {
            return Response(status: status, headers: headers, body: body(found, status: answer.status))
        }
        begin(found)
        let kept = book.pass(bytes)
        let rest = book.rest()
        book.close(answer.status < 400 ? .completed : .failed, status: answer.status)
        return Response(
            status: status, headers: headers,
            body: rest.readableBytes == 0 ? ResponseBody(byteBuffer: kept) : ResponseBody(contentsOf: [kept, rest]))
    }

    /// Tells the books whose answer begins.
    private func begin(_ found: Found) {
        var meter: AnswerMeter?
        if case .relayed(let answer) = found.answer.value {
            meter = AnswerMeter(
                isEventStream: answer.contentType.hasPrefix("text/event-stream"),
                stripsUsage: envelope.isStreamed && !envelope.wantsUsage)
        }
        book.begin(found.walk, found.answer.lease, relayed: meter)
    }

    private func body(_ found: Found, status: Int) -> ResponseBody {
        begin(found)
        let channel = context.channel
        return ResponseBody { writer in
            let output = ResponseOutput(writer)
            try await RequestGuard.whileConnected(channel) {
                try await write(found, status: status, to: output)
            }
        }
    }

    /// Writes an answer, and when it breaks off and the route allows it, the next one.
    private func write(_ found: Found, status: Int, to output: ResponseOutput) async throws {
        var found = found
        let events = responseEvents(found.answer.value)
        while let error = try await writeOne(found.answer.value, events, to: output) {
            book.settle(error)
            var walk = found.walk
            // Another response would have another id.
            let following = walk.route.restarts && walk.hasMore && events == nil ? await next(&walk) : nil
            guard case .success(let answer)? = following, isGood(answer.value) else {
                book.close(.failed, status: status)
                // What is an event stream can say what happened; anything else just breaks off.
                if let events {
                    try await output.write(events.end(error))
                } else if case .streamed = found.answer.value {
                    try await output.write(ByteBuffer(bytes: ChatChunks.failure(APIError(error))))
                } else {
                    throw error
                }
                return try await output.finish()
            }
            found = Found(walk: walk, answer: answer)
            begin(found)
        }
        try await output.finish()
        book.close(status < 400 ? .completed : .failed, status: status)
    }

    private func isResponseStream(_ answer: RelayedAnswer) -> Bool {
        operation == .responses && answer.contentType.hasPrefix("text/event-stream")
    }

    /// What looks after the events of a response that passes through.
    private func responseEvents(_ answer: Answer) -> ResponseRelay? {
        guard case .relayed(let answer) = answer, isResponseStream(answer) else { return nil }
        return ResponseRelay(maximumEvent: 2 * limits.modelOutput)
    }

    private func isGood(_ answer: Answer) -> Bool {
        if case .relayed(let answer) = answer { answer.status < 400 } else { true }
    }

    /// Writes one answer; returns why its model broke off.
    private func writeOne(
        _ answer: Answer, _ events: ResponseRelay?, to output: ResponseOutput
    ) async throws -> ModelError? {
        do {
            switch answer {
            case .relayed(let answer):
                if let events {
                    try await write(answer.body, events, to: output)
                } else {
                    try await write(answer.body, to: output)
                }
            case .streamed(let stream, let translated): try await write(stream, translated, to: output)
            case .whole, .vectors: break
            }
            return nil
        } catch let error as ModelError {
            if Task.isCancelled { throw CancellationError() }
            return error
        }
    }

    private func write(_ body: RelayedAnswer.Body, to output: ResponseOutput) async throws {
        switch body {
        case .whole(let bytes): try await output.write(book.pass(bytes))
        case .stream(let read):
            try await read { chunk in
                let kept = book.pass(chunk)
                if kept.readableBytes > 0 { try await output.write(kept) }
            }
        }
        let rest = book.rest()
        if rest.readableBytes > 0 { try await output.write(rest) }
    }

    private func write(
        _ body: RelayedAnswer.Body, _ events: ResponseRelay, to output: ResponseOutput
    ) async throws {
        switch body {
        case .whole(let bytes): try await output.write(try events.take(book.pass(bytes)))
        case .stream(let read):
            try await read { chunk in
                let whole = try events.take(book.pass(chunk))
                if whole.readableBytes > 0 { try await output.write(whole) }
            }
        }
        let rest = try events.take(book.rest())
        if rest.readableBytes > 0 { try await output.write(rest) }
        try await output.write(events.end(nil))
    }

    private func write(_ stream: ChatStream, _ translated: ChatTranslation, to output: ResponseOutput) async throws {
        var chunks = ChatChunks(translated)
        var answers: [ModelAnswer] = []
        var step = stream.first
        while let current = step {
            switch current {
            case .piece(let piece, let choice):
                book.add(piece)
                try await output.write(ByteBuffer(bytes: chunks.piece(piece, of: choice)))
            case .answer(let answer, let choice):
                book.add(answer)
                answers.append(answer)
                if answers.count == translated.choices { try await keep?(answers) }
                let end = answers.count == translated.choices ? chunks.end(answers) : []
                try await output.write(ByteBuffer(bytes: chunks.end(answer, of: choice) + end))
            }
            step = try await stream.next()
        }
        // A cancelled stream just ends.
        try Task.checkCancellation()
    }
}
