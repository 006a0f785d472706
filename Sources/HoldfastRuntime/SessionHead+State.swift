public import HoldfastCore
public import HoldfastStore

extension SessionHead {
    /// A session's row, as its state says.
    public init(_ state: SessionState) {
        self.init(state, open: SessionCore.outstanding(state))
    }

    /// A session's row, as its state says; `open` is what is outstanding in it.
    init(_ state: SessionState, open: [Effect]) {
        self.init(
            project: state.project, agent: state.agent.id, status: state.status.rawValue, createdAt: state.createdAt,
            lastActiveAt: state.lastActiveAt, openEffects: SessionCore.unsettled(state, outstanding: open),
            metadata: state.metadata.members.map { MetadataPair(key: $0.name, value: $0.value.string ?? "") },
            isDeleted: state.isDeleted)
    }
}
