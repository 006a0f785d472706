/// A list that mostly grows at its end, cheap to copy and then to append to or to change at its end: a copy shares all
/// elements and all full chunks.
///
/// A session's committed state and the one that is being decided on share everything but the last chunk's references.
public struct AppendLog<Element: Sendable & Equatable>: Sendable, Equatable {
    private static var chunkSize: Int { 16 }

    /// An element, so that copying a chunk counts one reference for each of them.
    private final class Box: Sendable, Equatable {
        let element: Element

        init(_ element: Element) { self.element = element }

        static func == (left: Box, right: Box) -> Bool { left === right || left.element == right.element }
    }

    private var full: [[Box]] = []
    private var tail: [Box] = []

    public init() {}

    public init(_ elements: some Sequence<Element>) {
        for element in elements { append(element) }
    }

    public var count: Int { full.count * Self.chunkSize + tail.count }
    public var isEmpty: Bool { full.isEmpty && tail.isEmpty }
    public var last: Element? { (tail.last ?? full.last?.last)?.element }

    public mutating func append(_ element: Element) {
        tail.append(Box(element))
        if tail.count == Self.chunkSize {
            full.append(tail)
            tail = []
        }
    }

    public subscript(index: Int) -> Element {
        get {
            let (chunk, place) = index.quotientAndRemainder(dividingBy: Self.chunkSize)
            return chunk < full.count ? full[chunk][place].element : tail[place].element
        }
        _modify {
            var element = self[index]
            defer { replace(index, element) }
            yield &element
        }
    }

    private mutating func replace(_ index: Int, _ element: Element) {
        let (chunk, place) = index.quotientAndRemainder(dividingBy: Self.chunkSize)
        if chunk < full.count { full[chunk][place] = Box(element) } else { tail[place] = Box(element) }
    }
}

extension AppendLog: RandomAccessCollection, MutableCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { count }
}

extension AppendLog: JSONWritable where Element: JSONWritable {
    public func write(to writer: inout JSONWriter) { writer.array(of: self) }
}
