/// Columns of text, aligned.
struct Table {
    /// Text with a style; the width counts the text only.
    struct Cell: ExpressibleByStringLiteral {
        var text: String
        var style: Style

        init(_ text: String, _ style: Style = .plain) {
            self.text = text
            self.style = style
        }

        init(stringLiteral value: String) { self.init(value) }
    }

    private let titles: [String]
    private var rows: [[Cell]] = []

    init(_ titles: String...) { self.titles = titles }

    init(titles: [String]) { self.titles = titles }

    mutating func add(_ cells: Cell...) { rows.append(cells) }

    mutating func add(_ cells: [Cell]) { rows.append(cells) }

    /// Whether there are no rows.
    var isEmpty: Bool { rows.isEmpty }

    /// The table as lines; the last column is cut where the terminal ends.
    func lines(width: Int = Terminal.width, indent: String = "") -> [String] {
        let widths = titles.indices.map { column in
            ([titles[column].count] + rows.map { $0[column].text.count }).max() ?? 0
        }
        let header = titles.map { Cell($0.uppercased(), .dim) }
        return ([header] + rows).map { indent + line($0, widths: widths, room: width - indent.count) }
    }

    private func line(_ cells: [Cell], widths: [Int], room: Int) -> String {
        var room = room
        var text = ""
        for (index, cell) in cells.enumerated() {
            let isLast = index == cells.count - 1
            let shown = isLast ? Text.cut(cell.text, to: max(12, room)) : cell.text
            text += cell.style(shown)
            guard !isLast else { break }
            let padding = widths[index] - shown.count + 2
            text += String(repeating: " ", count: padding)
            room -= shown.count + padding
        }
        return text
    }
}
