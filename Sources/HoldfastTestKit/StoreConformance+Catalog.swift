import HoldfastCore
import HoldfastStore

extension StoreConformance {
    static let catalog: [Check] = [
        Check("a session's row follows its appends") { probe in
            var head = StoreProbe.head(status: "running", open: ["a", "b"], metadata: [("z", "1"), ("a", "ü\n\"")])
            try await probe.append("sess_a", from: 1, count: 2, head: head)
            try expect(
                try await probe.store.session("sess_a"), is: SessionRow(id: "sess_a", head: head, headSeq: 2),
                "the first row")
            try await probe.append("sess_a", from: 3, head: nil)
            try expect(
                try await probe.store.session("sess_a"), is: SessionRow(id: "sess_a", head: head, headSeq: 3),
                "the row after an append without a head")
            head.status = "idle"
            head.lastActiveAt = 9_999
            try await probe.append("sess_a", from: 4, head: head)
            try expect(
                try await probe.store.session("sess_a"), is: SessionRow(id: "sess_a", head: head, headSeq: 4),
                "the row with a new status")
            head.agent = "agent_2"
            head.openEffects = []
            head.metadata = []
            try await probe.append("sess_a", from: 5, head: head)
            try expect(
                try await probe.store.session("sess_a"), is: SessionRow(id: "sess_a", head: head, headSeq: 5),
                "the row with other lists")
            try expect(try await probe.store.session("sess_none"), is: nil, "an unknown session")
        },
        Check("sessions with open work are found in id order") { probe in
            for id in ["sess_d", "sess_b", "sess_a", "sess_c"] {
                try await probe.append(id, from: 1, head: StoreProbe.head(open: id == "sess_c" ? [] : ["x"]))
            }
            try await probe.append("sess_e", from: 1, head: StoreProbe.head(project: "p2", open: ["x", "y"]))
            try expect(
                try await probe.store.sessionsWithOpenWork(after: nil, limit: 10),
                is: ["sess_a", "sess_b", "sess_d", "sess_e"], "all")
            try expect(
                try await probe.store.sessionsWithOpenWork(after: "sess_a", limit: 2), is: ["sess_b", "sess_d"],
                "the next two")
            try await probe.append("sess_b", from: 2, head: nil)
            try await probe.append("sess_a", from: 2, head: StoreProbe.head())
            try await probe.append("sess_c", from: 2, head: StoreProbe.head(open: ["z"]))
            try expect(
                try await probe.store.sessionsWithOpenWork(after: nil, limit: 10),
                is: ["sess_b", "sess_c", "sess_d", "sess_e"], "all after changes")
        },
        Check("deleted sessions are hidden from lists only") { probe in
            for id in ["sess_a", "sess_b", "sess_c"] { try await probe.append(id, from: 1) }
            try await probe.append("sess_b", from: 2, head: StoreProbe.head(isDeleted: true))
            try expect(try await probe.ids(ListQuery()), is: ["sess_c", "sess_a"], "the list")
            try expect(try await probe.ids(ListQuery(after: "sess_b")), is: ["sess_a"], "after the deleted one")
            try expect(try await probe.store.sessionCount(project: "p1"), is: 2, "the count")
            try expect(try await probe.store.session("sess_b")?.head.isDeleted, is: true, "the row")
            try expect(try await probe.store.records(session: "sess_b", after: 0, limit: 9).count, is: 2, "records")
        },
        Check("sessions are counted by project") { probe in
            for index in 0..<7 {
                try await probe.append("sess_\(index)", from: 1, head: StoreProbe.head(project: "p\(index % 2)"))
            }
            try expect(try await probe.store.sessionCount(project: "p0"), is: 4, "p0")
            try expect(try await probe.store.sessionCount(project: "p1"), is: 3, "p1")
            try expect(try await probe.store.sessionCount(project: "p2"), is: 0, "p2")
            try await probe.append("sess_0", from: 2, head: StoreProbe.head(project: "p0", isDeleted: true))
            try await probe.append("sess_0", from: 3, head: StoreProbe.head(project: "p0", isDeleted: true))
            try expect(try await probe.store.sessionCount(project: "p0"), is: 3, "p0 after a deletion")
        },
    ]

    static let lists: [Check] = [
        Check("lists go both ways, page by page") { probe in
            let ids = (0..<7).map { "sess_\(9 - $0)" }
            for id in ids { try await probe.append(id, from: 1) }
            for isAscending in [true, false] {
                var found: [String] = []
                var query = ListQuery(limit: 3, isAscending: isAscending)
                for size in [3, 3, 1] {
                    let page = try await probe.store.sessions(project: "p1", agent: nil, metadata: [], query: query)
                    try expect(page?.entries.count, is: size, "the page after \(found.count)")
                    try expect(page?.hasMore, is: size == 3, "hasMore after \(found.count)")
                    found += page?.entries.map(\.id) ?? []
                    query.after = found.last
                }
                try expect(found, is: isAscending ? ids : ids.reversed(), "ascending \(isAscending)")
            }
            let exact = try await probe.store.sessions(
                project: "p1", agent: nil, metadata: [], query: ListQuery(limit: 7))
            try expect(exact?.hasMore, is: false, "hasMore of a page that holds all")
        },
        Check("after must be a session of the project") { probe in
            try await probe.append("sess_a", from: 1)
            try await probe.append("sess_x", from: 1, head: StoreProbe.head(project: "p2"))
            try expect(try await probe.ids(ListQuery(after: "sess_x")), is: nil, "another project's")
            try expect(try await probe.ids(ListQuery(after: "sess_none")), is: nil, "an unknown one")
            try expect(try await probe.ids(project: "p2", ListQuery()), is: ["sess_x"], "the other project's list")
            try expect(try await probe.ids(project: "p3", ListQuery()), is: [], "an empty project's list")
        },
        Check("lists can be of one agent") { probe in
            for index in 0..<6 {
                try await probe.append("sess_\(index)", from: 1, head: StoreProbe.head(agent: "agent_\(index % 2)"))
            }
            try expect(
                try await probe.ids(agent: "agent_1", ListQuery()), is: ["sess_5", "sess_3", "sess_1"], "agent_1")
            try expect(
                try await probe.ids(agent: "agent_1", ListQuery(after: "sess_4", limit: 1)), is: ["sess_3"],
                "after another agent's session")
            try expect(try await probe.ids(agent: "agent_9", ListQuery()), is: [], "an unknown agent")
        },
        Check("lists by metadata match all pairs exactly") { probe in
            let both = [("env", "prod"), ("team", "a")]
            for (id, pairs) in [("sess_1", both), ("sess_2", [both[0]]), ("sess_3", [both[1]]), ("sess_4", both)] {
                try await probe.append(id, from: 1, head: StoreProbe.head(metadata: pairs))
            }
            try await probe.append("sess_5", from: 1, head: StoreProbe.head(project: "p2", metadata: both))
            try expect(
                try await probe.ids(metadata: [both[0]], ListQuery()), is: ["sess_4", "sess_2", "sess_1"], "env")
            try expect(try await probe.ids(metadata: both, ListQuery()), is: ["sess_4", "sess_1"], "both pairs")
            try expect(
                try await probe.ids(metadata: both, ListQuery(after: "sess_1", isAscending: true)), is: ["sess_4"],
                "both pairs after the first")
            try expect(try await probe.ids(metadata: [("env", "pro")], ListQuery()), is: [], "a prefix of a value")
            try expect(
                try await probe.ids(agent: "agent_2", metadata: both, ListQuery()), is: [], "of another agent")
            try await probe.append("sess_4", from: 2, head: StoreProbe.head(metadata: [("env", "test")]))
            try expect(try await probe.ids(metadata: both, ListQuery()), is: ["sess_1"], "both after a change")
            try expect(try await probe.ids(metadata: [("env", "test")], ListQuery()), is: ["sess_4"], "the new value")
        },
    ]
}
