import Foundation

/// A check that did not hold, or something that did not happen in time.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Throws unless the condition holds. For checks outside of a test's own thread.
func check(_ condition: Bool, _ message: @autoclosure () throws -> String) throws {
    guard condition else { throw Failure(try message()) }
}

/// Asks again and again until the condition holds; throws when the time is over first.
func eventually(
    _ what: @autoclosure () -> String, within limit: Duration = .seconds(30), _ condition: () throws -> Bool
) throws {
    let end = ContinuousClock.now + limit
    while try !condition() {
        guard ContinuousClock.now < end else { throw Failure("not within \(limit): \(what())") }
        pause(milliseconds: 5)
    }
}

/// Asks until there is a value; throws when the time is over first.
func waitFor<Value>(
    _ what: String, within limit: Duration = .seconds(30), _ body: () throws -> Value?
) throws -> Value {
    var found: Value?
    try eventually(what, within: limit) {
        found = try body()
        return found != nil
    }
    return found!
}

/// Between two questions, and for moments that a test chooses.
func pause(milliseconds: Int) { usleep(UInt32(milliseconds * 1_000)) }
