import HoldfastCore
import HoldfastStore
import Hummingbird

extension ListQuery {
    /// The paging parameters of a list request.
    init(_ request: Request, _ limits: Limits) throws(APIError) {
        self.init()
        let query = Query(request)
        if let text = query["limit"] {
            guard let limit = Int(text), (1...limits.pageSize).contains(limit) else {
                throw .invalid("limit", "'limit' must be an integer between 1 and \(limits.pageSize).")
            }
            self.limit = limit
        }
        switch query["order"] {
        case nil, "desc": isAscending = false
        case "asc": isAscending = true
        default: throw .invalid("order", "'order' must be 'asc' or 'desc'.")
        }
        after = query["after"]
    }

    /// Picks a page out of a list that is at hand, oldest first.
    func page<Entries: RandomAccessCollection>(
        of entries: Entries, id: (Entries.Element) -> String
    ) throws(APIError) -> Page<Entries.Element> where Entries.Element: Sendable {
        var candidates = Array(entries)
        if !isAscending { candidates.reverse() }
        if let after {
            guard let place = candidates.firstIndex(where: { id($0) == after }) else {
                throw APIError.invalid("after", "'after' names no entry of this list.")
            }
            candidates.removeFirst(place + 1)
        }
        return Page(entries: Array(candidates.prefix(limit)), hasMore: candidates.count > limit)
    }
}
