/// A list that mostly grows at its end, cheap to copy and then append to: a copy shares all full chunks.
///
/// A session's committed state and the one that is being decided on share everything but the last chunk.
public struct AppendLog<Element: Sendable & Equatable>: Sendable, Equatable {
    private static var chunkSize: Int { 16 }

    private var full: [[Element]] = []
    private var tail: [Element] = []

    public init() {}

    public init(_ elements: some Sequence<Element>) {
        for element in elements { append(element) }
    }

    public var count: Int { full.count * Self.chunkSize + tail.count }
    public var isEmpty: Bool { full.isEmpty && tail.isEmpty }
    public var last: Element? { tail.last ?? full.last?.last }

    public mutating func append(_ element: Element) {
        tail.append(element)
        if tail.count == Self.chunkSize {
            full.append(tail)
            tail = []
        }
    }

    /// Looks at the elements from an index on, in order and without copying them, until the body says to stop.
    public func scan(from start: Int = 0, _ body: (_ index: Int, _ element: borrowing Element) -> Bool) {
        var index = start
        while index < count {
            let (chunk, place) = index.quotientAndRemainder(dividingBy: Self.chunkSize)
            let isStopped = (chunk < full.count ? full[chunk] : tail).withUnsafeBufferPointer { elements in
                for place in place..<elements.count {
                    guard body(index, elements[place]) else { return true }
                    index += 1
                }
                return false
            }
            if isStopped { return }
        }
    }

    public subscript(index: Int) -> Element {
        get {
            let (chunk, place) = index.quotientAndRemainder(dividingBy: Self.chunkSize)
            return chunk < full.count ? full[chunk][place] : tail[place]
        }
        _modify {
            let (chunk, place) = index.quotientAndRemainder(dividingBy: Self.chunkSize)
            if chunk < full.count { yield &full[chunk][place] } else { yield &tail[place] }
        }
    }
}

extension AppendLog: RandomAccessCollection, MutableCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { count }
}

extension AppendLog: JSONWritable where Element: JSONWritable {
    public func write(to writer: inout JSONWriter) { writer.array(of: self) }
}
