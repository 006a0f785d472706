/// Bodies that are JSON objects and say something that is not allowed.
enum BadBodies {
    static func all(_ fixture: BadInputTests.Fixture) -> [(path: String, bodies: [String])] {
        let turn = "\"turn_id\": \"turn_x\", \"call_id\": \"call_x\""
        let text = "{\"type\": \"input_text\", \"text\": \"hi\"}"
        return [
            ("/v1/agents", ["{}", "{\"name\": \"x\"}"] + settings.map { "{\"model\": \"scripted\", \($0)}" } + models),
            ("/v1/agents/\(fixture.agent)", settings.map { "{\($0)}" } + models),
            ("/v1/agents/sessions", sessions),
            ("/v1/agents/sessions/\(fixture.idle)", updates),
            ("/v1/agents/sessions/\(fixture.idle)/events", events(turn, text)),
            (
                "/v1/keys",
                [
                    "{\"name\": 1}", "{\"name\": []}", "{\"project\": 1}", "{\"project\": \"\"}",
                    "{\"project\": \"a b\"}",
                    "{\"project\": \"another\"}", "{\"name\": \"\(String(repeating: "n", count: 300))\"}",
                ]
            ),
        ]
    }

    private static let models = [
        "{\"model\": null}", "{\"model\": 1}", "{\"model\": \"\"}", "{\"model\": [\"scripted\"]}",
        "{\"model\": \"\(String(repeating: "m", count: 1_000))\"}",
    ]

    /// Members of an agent.
    private static let settings = [
        "\"name\": 1", "\"name\": \"\(String(repeating: "n", count: 1_000))\"", "\"instructions\": {}",
        "\"instructions\": [\"x\"]", "\"service_tier\": \"best\"", "\"service_tier\": 1", "\"reasoning\": \"high\"",
        "\"reasoning\": {\"effort\": \"extreme\"}", "\"reasoning\": {\"summary\": 1}", "\"text\": []",
        "\"text\": {\"verbosity\": \"loud\"}", "\"text\": {\"format\": {\"type\": \"xml\"}}",
        "\"text\": {\"format\": {\"type\": \"json_schema\"}}", "\"multi_agent\": {}", "\"multi_agent\": true",
        "\"multi_agent\": {\"enabled\": true, \"max_concurrent_subagents\": 0}", "\"compaction\": {\"async\": \"yes\"}",
        "\"experimental\": {\"time_awareness\": 1}", "\"metadata\": []", "\"metadata\": {\"a\": 1}",
        "\"metadata\": {\"\": \"x\"}", "\"metadata\": {\"a\": \"\(String(repeating: "v", count: 513))\"}",
        "\"metadata\": {\"\(String(repeating: "k", count: 65))\": \"v\"}",
        "\"metadata\": {\((0..<17).map { "\"k\($0)\": \"v\"" }.joined(separator: ", "))}", "\"tools\": {}",
        "\"tools\": [1]", "\"tools\": [{}]", "\"tools\": [{\"type\": \"telepathy\"}]", "\"tools\": [{\"type\": 7}]",
        "\"tools\": [{\"type\": \"function\"}]", "\"tools\": [{\"type\": \"function\", \"name\": \"a b\"}]",
        "\"tools\": [{\"type\": \"function\", \"name\": \"f\", \"description\": \"\", \"parameters\": 1}]",
        "\"tools\": [{\"type\": \"mcp\", \"server_label\": \"a\"}]",
        "\"tools\": [{\"type\": \"web_search\", \"mode\": \"x\"}]",
        "\"tools\": [\(tool), \(tool)]", "\"tools\": [\((0..<513).map { _ in tool }.joined(separator: ","))]",
    ]

    private static let tool = "{\"type\": \"function\", \"name\": \"f\", \"description\": \"\", \"parameters\": {}}"

    private static var sessions: [String] {
        let agent = "\"agent\": {\"model\": \"scripted\"}"
        let none = "\"environment\": {\"type\": \"none\"}"
        let members = [
            "\"input\": \"\"", "\"input\": 1", "\"input\": {}", "\"input\": []", "\"input\": [1]", "\"input\": [{}]",
            "\"input\": [{\"role\": \"system\", \"content\": []}]",
            "\"input\": [{\"role\": \"user\", \"content\": []}]",
            "\"input\": [{\"role\": \"user\", \"content\": [{\"type\": \"input_video\"}]}]",
        ]
        let further = [
            "\"stream\": 1", "\"stream\": \"true\"", "\"stream_options\": {}", "\"metadata\": {\"a\": null}",
            "\"vault_ids\": [\"v\"]",
            "\"vault_ids\": 1", "\"spend_control\": {}", "\"spend_control\": {\"limit\": 0}",
            "\"spend_control\": {\"limit\": 1.5}",
            "\"spend_control\": {\"limit\": \"1\"}", "\"review\": \"always\"",
            "\"stream\": true, \"stream_options\": 1",
        ]
        let environments = [
            "1", "{}", "\"none\"", "{\"type\": 1}", "{\"type\": \"cloud\"}", "{\"type\": \"self_hosted\"}",
            "{\"type\": \"openai_hosted\", \"container_size\": \"huge\"}",
            "{\"type\": \"openai_hosted\", \"network\": 1}",
            "{\"type\": \"openai_hosted\", \"network\": {\"access\": \"enabled\"}}",
            "{\"type\": \"openai_hosted\", \"network\": {\"access\": \"disabled\", \"blocked_domains\": [\"x\"]}}",
            "{\"type\": \"openai_hosted\", \"env\": {\"A\": \"b\"}}",
            "{\"type\": \"openai_hosted\", \"files\": [{}]}",
            "{\"type\": \"openai_hosted\", \"packages\": {\"npm\": [\"x\"]}}",
        ]
        let agents = [
            "\"agent\": 1", "\"agent\": {}", "\"agent\": {\"model\": \"unserved\"}", "\"agent_id\": 1", "\"x\": 1",
            "\"agent\": {\"model\": \"scripted\", \"tools\": [{\"type\": \"web_search\"}]}",
            "\"agent\": {\"model\": \"scripted\", \"multi_agent\": {\"enabled\": true}}",
            "\"agent_id\": \"\(String(repeating: "a", count: 1_000))\"",
        ]
        return members.map { "{\(agent), \(none), \($0)}" }
            + further.map { "{\(agent), \(none), \"input\": \"hi\", \($0)}" }
            + environments.map { "{\(agent), \"input\": \"hi\", \"environment\": \($0)}" }
            + agents.map { "{\(none), \"input\": \"hi\", \($0)}" } + [
                "{}", "{\(agent), \"input\": \"hi\"}", "{\(agent), \(none)}",
            ]
    }

    private static let updates = [
        "{\"metadata\": 1}", "{\"metadata\": {\"a\": {}}}", "{\"agent\": 1}", "{\"agent\": {\"model\": \"\"}}",
        "{\"agent\": {\"model\": \"unserved\"}}", "{\"agent\": {\"instructions\": \"x\"}}",
        "{\"agent\": {\"service_tier\": \"x\"}}",
        "{\"spend_control\": 1}", "{\"spend_control\": {\"limit\": -1}}", "{\"vault_ids\": [\"v\"]}",
        "{\"agent\": {\"tools\": [{\"type\": \"mcp\"}]}}",
    ]

    private static func events(_ turn: String, _ text: String) -> [String] {
        let message = "{\"role\": \"user\", \"content\": [\(text)]}"
        let input = "\"type\": \"agent.session.input.message\""
        let image = "{\"type\": \"input_image\", \"image_url\": \"file:///etc\"}"
        let result = "\"type\": \"agent.session.input.tool_result\""
        let bad = [
            "1", "{}", "{\"type\": 1}", "{\"type\": \"agent.session.input.dance\"}", "{\"type\": \"\"}", "{\(input)}",
            "{\(input), \"input\": \"hi\"}", "{\(input), \"input\": []}", "{\(input), \"input\": [1]}",
            "{\(input), \"input\": [{\"role\": \"assistant\", \"content\": [\(text)]}]}",
            "{\(input), \"input\": [{\"role\": \"user\", \"content\": \"hi\"}]}",
            "{\(input), \"input\": [{\"role\": \"user\", \"content\": [{\"type\": \"input_text\"}]}]}",
            "{\(input), \"input\": [{\"role\": \"user\", \"content\": [\(image)]}]}",
            "{\(input), \"input\": [{\"type\": \"note\", \"role\": \"user\", \"content\": [\(text)]}]}",
            "{\(input), \"input\": [\((0..<65).map { _ in message }.joined(separator: ","))]}", "{\(result)}",
            "{\(result), \(turn)}",
            "{\(result), \(turn), \"success\": \"yes\"}", "{\(result), \(turn), \"success\": true, \"output\": 7}",
            "{\(result), \(turn), \"success\": true, \"output\": \"x\"}",
            "{\(result), \(turn), \"success\": false, \"error\": 1}",
            "{\(result), \(turn), \"success\": true, \"error\": \"x\"}",
            "{\(result), \(turn), \"success\": false, \"output\": \"x\"}",
            "{\"type\": \"agent.session.input.mcp_approval_request_result\", \"request_id\": \"r\"}",
        ]
        let cancel = "{\"type\": \"agent.session.input.cancel\"}"
        return ["{}", "{\"events\": null}", "{\"events\": []}", "{\"events\": {}}", "{\"events\": \"x\"}"]
            + bad.map { "{\"events\": [\($0)]}" }
            + bad.map { "{\"events\": [{\(input), \"input\": [\(message)]}, \($0)]}" }
            + ["{\"events\": [\((0..<65).map { _ in cancel }.joined(separator: ","))]}"]
    }
}
