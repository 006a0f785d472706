/// A session, folded from its journal. A plain value; nothing in it depends on the process that holds it.
public struct SessionState: Sendable, Equatable {
    /// What the session is doing.
    public enum Status: String, Sendable {
        case idle
        case inProgress = "in_progress"
        /// Waits for results that the client owes.
        case requiresAction = "requires_action"
        case budgetReached = "budget_reached"
    }

    public var id: String
    public var project: String
    /// The last event folded in.
    public var seq: Int64 = 0
    public var createdAt: Milliseconds = 0
    public var lastActiveAt: Milliseconds = 0
    public var agent: AgentDefinition
    public var environment: SessionEnvironment
    public var metadata: JSONObject
    /// In US cents; `nil` is unlimited.
    public var spendLimit: Int?
    /// In millionths of a US dollar.
    public var spent: Int64 = 0
    public var usage = TokenUsage()
    public var turns = AppendLog<Turn>()
    public var items = AppendLog<Item>()
    /// Model calls that are over, answered or given up.
    public var modelCalls = 0
    /// The model call that is due, `nil` when none is.
    public var dueCall: DueCall?
    /// Calls of the last answer that have no result yet, in their order.
    public var openCalls: [OpenCall] = []
    /// A message came that the due model call does not see: another call follows it.
    public var hasUnseenInput = false
    public var isDeleted = false
    /// See `SessionCreated.isChain`.
    public var isChain = false

    /// A model call that must be made.
    public struct DueCall: Sendable, Equatable {
        /// 1 for the first attempt.
        public var attempt = 1
        /// Failed attempts that count against the limit.
        public var failures = 0
        /// Not to be made before this time.
        public var notBefore: Milliseconds = 0
        /// The items that stream out of the running attempt.
        public var reasoning: Int?
        public var text: Int?
        /// The items that came whole, see `ModelPiece.item`.
        public var items: [Int] = []

        public init() {}
    }

    /// A call whose result is awaited.
    public struct OpenCall: Sendable, Equatable {
        /// The index of its item.
        public var item: Int
        /// The call's id.
        public var id: String
        public var attempt = 1
        /// A fenced start was recorded, see `EffectClass.atMostOnce`.
        public var isStarted = false
        /// Output that was streamed so far, in UTF-8 bytes of text.
        public var streamed = ""

        public init(item: Int, id: String) {
            self.item = item
            self.id = id
        }
    }

    /// The turn that works, `nil` when the session is idle.
    public var activeTurn: Turn? {
        guard let turn = turns.last, turn.status == .active else { return nil }
        return turn
    }

    /// The spending limit is used up: no further model call is made.
    public var isBudgetReached: Bool {
        guard let spendLimit else { return false }
        return spent >= Int64(spendLimit) * 10_000
    }

    /// What the session is doing.
    public var status: Status {
        guard activeTurn != nil else { return isBudgetReached ? .budgetReached : .idle }
        if openCalls.contains(where: { isClientCall($0) }) { return .requiresAction }
        if openCalls.isEmpty, dueCall != nil, isBudgetReached { return .budgetReached }
        return .inProgress
    }

    /// The open calls that the client must answer.
    public var clientCalls: [ToolCall] {
        openCalls.compactMap { open in
            guard case .toolCall(let call) = items[open.item].body, call.runner == .client else { return nil }
            return call
        }
    }

    /// The ids of things in this session.
    public var identifiers: SessionIdentifiers { SessionIdentifiers(session: id) }

    /// The indexes of a turn's items.
    public func items(ofTurn index: Int) -> Range<Int> {
        let end = index + 1 < turns.count ? turns[index + 1].firstItem : items.count
        return turns[index].firstItem..<end
    }

    func isClientCall(_ open: OpenCall) -> Bool {
        guard case .toolCall(let call) = items[open.item].body else { return false }
        return call.runner == .client
    }

    /// The call an open entry stands for.
    public func call(of open: OpenCall) -> ToolCall {
        guard case .toolCall(let call) = items[open.item].body else {
            preconditionFailure("an open call stands for a tool call item")
        }
        return call
    }
}
