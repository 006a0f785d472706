public import HoldfastCore

extension MemoryStore {
    public func session(_ id: String) -> SessionRow? {
        access { $0.row(id) }
    }

    public func sessions(
        project: String, agent: String?, metadata: [SessionHead.MetadataPair], query: ListQuery
    ) -> Page<SessionRow>? {
        access { contents in
            let start: Int? = query.after.flatMap { after in
                contents.sessions[after].flatMap { $0.head.project == project ? $0.number : nil }
            }
            if query.after != nil, start == nil { return nil }
            return MemoryStore.page(contents.order, after: start, query) { id in
                guard let row = contents.row(id), row.head.project == project, !row.head.isDeleted,
                    agent == nil || row.head.agent == agent, metadata.allSatisfy(row.head.metadata.contains)
                else { return nil }
                return row
            }
        }
    }

    public func sessionCount(project: String) -> Int {
        access { contents in
            contents.sessions.values.count { $0.head.project == project && !$0.head.isDeleted }
        }
    }

    public func sessionsWithOpenWork(after id: String?, limit: Int) -> [String] {
        access { contents in
            Array(contents.openWork.filter { $0 > id ?? "" }.sorted().prefix(max(0, limit)))
        }
    }

    public func insert(_ agent: AgentRecord, project: String) throws(StoreError) {
        try attempt { (contents) throws(StoreError) in
            let id = agent.definition.id
            guard contents.agents[project]?.contains(where: { $0.record.definition.id == id }) != true else {
                throw StoreError(.conflict, "there is an agent \(id) already")
            }
            contents.agents[project, default: []].append(.init(record: agent, versions: [agent.definition]))
        }
    }

    public func update(_ agent: AgentRecord, project: String) throws(StoreError) {
        try attempt { (contents) throws(StoreError) in
            let definition = agent.definition
            guard let index = MemoryStore.index(of: definition.id, project, contents),
                let old = contents.agents[project]?[index].record, old.definition.version + 1 == definition.version
            else {
                throw StoreError(
                    .conflict, "version \(definition.version) of \(definition.id) does not follow the newest one")
            }
            var new = agent
            new.createdAt = old.createdAt
            contents.agents[project]?[index].record = new
            contents.agents[project]?[index].versions.append(definition)
        }
    }

    public func deleteAgent(_ id: String, project: String) -> Bool {
        access { contents in
            guard let index = MemoryStore.index(of: id, project, contents) else { return false }
            contents.agents[project]?[index].isDeleted = true
            return true
        }
    }

    public func agent(_ id: String, project: String) -> AgentRecord? {
        access { contents in
            MemoryStore.index(of: id, project, contents).flatMap { contents.agents[project]?[$0].record }
        }
    }

    public func agents(project: String, query: ListQuery) -> Page<AgentRecord>? {
        access { contents in
            let agents = contents.agents[project] ?? []
            let start = query.after.flatMap { after in agents.firstIndex { $0.record.definition.id == after } }
            if query.after != nil, start == nil { return nil }
            return MemoryStore.page(agents, after: start, query) { $0.isDeleted ? nil : $0.record }
        }
    }

    public func insert(_ key: KeyRecord) throws(StoreError) {
        try attempt { (contents) throws(StoreError) in
            guard !contents.keys.contains(where: { $0.id == key.id }) else {
                throw StoreError(.conflict, "there is a key \(key.id) already")
            }
            contents.keys.append(key)
        }
    }

    public func keys() -> [KeyRecord] {
        access { $0.keys }
    }

    public func revokeKey(_ id: String, at time: Milliseconds) -> Bool {
        access { contents in
            guard let index = contents.keys.firstIndex(where: { $0.id == id }) else { return false }
            if contents.keys[index].revokedAt == nil { contents.keys[index].revokedAt = time }
            return true
        }
    }

    /// The index of an agent that is not deleted.
    private static func index(of id: String, _ project: String, _ contents: MemoryContents) -> Int? {
        contents.agents[project]?.firstIndex { $0.record.definition.id == id && !$0.isDeleted }
    }

    /// The page of a list that begins after an index.
    private static func page<Element, Entry>(
        _ list: [Element], after start: Int?, _ query: ListQuery, _ entry: (Element) -> Entry?
    ) -> Page<Entry> {
        var entries: [Entry] = []
        let limit = max(0, query.limit)
        var index = query.isAscending ? (start ?? -1) + 1 : (start ?? list.count) - 1
        while list.indices.contains(index), entries.count <= limit {
            if let entry = entry(list[index]) { entries.append(entry) }
            index += query.isAscending ? 1 : -1
        }
        return Page(entries: Array(entries.prefix(limit)), hasMore: entries.count > limit)
    }
}
