/// What is known about single English words.
enum ImprovWords {
    /// A word in the form in which words are compared: lower case, without endings, one spelling, one of its synonyms.
    static func stem(_ word: String) -> String {
        var stem = word.lowercased()
        for ending in ["'s", "’s"] where stem.hasSuffix(ending) { stem.removeLast(2) }
        if let synonym = synonyms[stem] { return synonym }
        guard stem.utf8.count > 3, stem.utf8.allSatisfy({ 0x61...0x7A ~= $0 }) else { return stem }
        if stem.hasSuffix("ies") {
            stem = stem.dropLast(3) + "y"
        } else if stem.hasSuffix("s"), !stem.hasSuffix("ss") {
            stem.removeLast()
        } else if stem.hasSuffix("ing"), stem.utf8.count > 5 {
            stem.removeLast(3)
        } else if stem.hasSuffix("ed"), stem.utf8.count > 4 {
            stem.removeLast(2)
        }
        stem = stem.replacing("our", with: "or")
        if stem.hasSuffix("e"), stem.utf8.count > 3 { stem.removeLast() }
        return synonyms[stem] ?? stem
    }

    /// The stems of the words of a name such as `get_weather`, `getWeather` or `get-weather`.
    static func stems(ofName name: String) -> [String] { parts(ofName: name).map(stem) }

    /// The words of a name.
    static func parts(ofName name: String) -> [String] {
        var parts: [String] = []
        var part = ""
        for character in name {
            let isLimit = !(character.isLetter || character.isNumber)
            if isLimit || (character.isUppercase && part.last?.isLowercase == true) {
                if !part.isEmpty { parts.append(part) }
                part = ""
            }
            if !isLimit { part.append(character) }
        }
        return part.isEmpty ? parts : parts + [part]
    }

    private static let synonyms: [String: String] = {
        let groups = [
            ["add", "adder", "addition", "sum", "plus"], ["subtract", "minus", "subtraction", "difference"],
            ["multiply", "times", "multiplication", "product", "multiplied"], ["divide", "divided", "division"],
            ["weather", "forecast"], ["mail", "email", "e-mail"], ["search", "lookup", "find"],
        ]
        return Dictionary(
            uniqueKeysWithValues: groups.flatMap { group in group.map { ($0, group[0]) } })
    }()

    /// Stems that say nothing about what a text is about.
    static let plain: Set<String> = Set(
        """
        a an the this that these those it its i you he she we they me my your our their his her is are was were be been
        am do does did done have has had can could will would shall should may might must not no yes and or but if then
        else so as at by for from in into of on off to with about over under between than too very just only also please
        what which who whom whose when where why how tell give get set make use using call run tool tools function value
        values result results return returns string number object list text input output data some any all each every
        there here now let know need want like one two into out up down using used given new current currently thing
        """.split { $0 == " " || $0 == "\n" }.map { stem(String($0)) })

    /// Words that begin a sentence with a capital without being a name.
    static let openers: Set<String> = Set(
        """
        i i'm i've i'd i'll what what's which who who's when where why how is are was were do does did can could will
        would should the a an this that these those my your our their his her it it's he she we they you and or but if
        then so please tell give get set make use using call run write create add find search look show list say reply
        respond answer remember extract convert translate multiply divide subtract sum compute calculate return describe
        explain book order send check compare generate hello hi hey thanks thank yes no not today tomorrow for from in
        on at to with also now let let's read open delete update schedule plan pick choose ask only also describe there
        """.split { $0 == " " || $0 == "\n" }.map(String.init))
}
