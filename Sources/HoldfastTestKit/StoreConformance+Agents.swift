import HoldfastCore
import HoldfastStore

extension StoreConformance {
    private static func agent(_ id: String, version: Int = 1, at time: Milliseconds = 5) -> AgentRecord {
        let definition = AgentDefinition(
            id: id, version: version, name: version == 1 ? nil : "Name \(version)", model: "model-x",
            instructions: "Be brief.\n\"Always\" ü.", tools: [["type": "function", "name": "f", "n": 1.5]],
            settings: ["reasoning": ["effort": "low"], "list": [1, nil, true]])
        return AgentRecord(
            definition: definition, metadata: ["k": .string("v\(version)")], createdAt: 5, updatedAt: time)
    }

    static let agents: [Check] = [
        Check("an agent is read back and updated version by version") { probe in
            try await probe.store.insert(agent("agent_1"), project: "p1")
            try expect(try await probe.store.agent("agent_1", project: "p1"), is: agent("agent_1"), "version 1")
            try await expect(.conflict, "the same id again") {
                try await probe.store.insert(agent("agent_1"), project: "p1")
            }
            for version in [1, 3] {
                try await expect(.conflict, "version \(version) after 1") {
                    try await probe.store.update(agent("agent_1", version: version), project: "p1")
                }
            }
            let second = agent("agent_1", version: 2, at: 9)
            try await probe.store.update(second, project: "p1")
            try expect(try await probe.store.agent("agent_1", project: "p1"), is: second, "version 2")
            try await expect(.conflict, "an update of an unknown agent") {
                try await probe.store.update(agent("agent_9", version: 2), project: "p1")
            }
        },
        Check("agents belong to a project") { probe in
            try await probe.store.insert(agent("agent_1"), project: "p1")
            try expect(try await probe.store.agent("agent_1", project: "p2"), is: nil, "from another project")
            try expect(try await probe.store.deleteAgent("agent_1", project: "p2"), is: false, "deleted from there")
            try await expect(.conflict, "updated from there") {
                try await probe.store.update(agent("agent_1", version: 2), project: "p2")
            }
            try expect(
                try await probe.store.agents(project: "p2", query: ListQuery())?.entries, is: [], "the other list")
        },
        Check("agents are listed and deleted") { probe in
            let ids = ["agent_c", "agent_a", "agent_d", "agent_b"]
            for id in ids { try await probe.store.insert(agent(id), project: "p1") }
            try await probe.store.insert(agent("agent_x"), project: "p2")
            func list(_ query: ListQuery) async throws -> [String]? {
                try await probe.store.agents(project: "p1", query: query)?.entries.map(\.definition.id)
            }
            try expect(try await list(ListQuery()), is: ids.reversed(), "newest first")
            try expect(
                try await list(ListQuery(after: "agent_c", limit: 2, isAscending: true)), is: ["agent_a", "agent_d"],
                "a page")
            try expect(
                try await probe.store.agents(project: "p1", query: ListQuery(limit: 3))?.hasMore, is: true, "hasMore")
            try expect(try await list(ListQuery(after: "agent_x")), is: nil, "after another project's agent")
            try expect(try await probe.store.deleteAgent("agent_a", project: "p1"), is: true, "the first deletion")
            try expect(try await probe.store.deleteAgent("agent_a", project: "p1"), is: false, "the second")
            try expect(
                try await list(ListQuery(isAscending: true)), is: ["agent_c", "agent_d", "agent_b"], "without it")
            try expect(
                try await list(ListQuery(after: "agent_a", isAscending: true)), is: ["agent_d", "agent_b"],
                "after the deleted one")
            try expect(try await probe.store.agent("agent_a", project: "p1"), is: nil, "the deleted agent")
        },
    ]

    static let keys: [Check] = [
        Check("keys are kept in order and revoked once") { probe in
            let keys = ["b", "a", "c"].map {
                KeyRecord(
                    id: $0, project: "p1", name: "Key \($0)", digest: Array(repeating: 7, count: 32), createdAt: 4,
                    models: $0 == "a" ? ["gpt-*", "x"] : nil)
            }
            for key in keys { try await probe.store.insert(key) }
            try expect(try await probe.store.keys(), is: keys, "the keys")
            try await expect(.conflict, "the same id again") { try await probe.store.insert(keys[0]) }
            try expect(try await probe.store.revokeKey("a", at: 10), is: true, "the first revocation")
            try expect(try await probe.store.revokeKey("a", at: 20), is: true, "the second")
            try expect(try await probe.store.revokeKey("x", at: 20), is: false, "an unknown key")
            try expect(try await probe.store.keys().map(\.revokedAt), is: [nil, 10, nil], "the times")
        }
    ]
}
