import HoldfastModels
import Testing

@Suite("Circuit breaker")
struct CircuitBreakerTests {
    private func open(at time: Int64 = 0) -> CircuitBreaker {
        var breaker = CircuitBreaker(threshold: 3, pause: 100)
        breaker.fail(at: time, isSilence: true)
        return breaker
    }

    @Test("failures in a row open it, one answer between them does not let them count")
    func threshold() {
        var breaker = CircuitBreaker(threshold: 3, pause: 100)
        for _ in 0..<2 { breaker.fail(at: 0, isSilence: false) }
        breaker.succeed()
        for _ in 0..<2 { breaker.fail(at: 10, isSilence: false) }
        #expect(breaker.isClosed && breaker.wait(at: 10) == nil)
        breaker.fail(at: 20, isSilence: false)
        #expect(!breaker.isClosed && breaker.wait(at: 20) == 100 && breaker.wait(at: 119) == 1)
    }

    @Test("silence opens it at once")
    func silence() { #expect(open().wait(at: 0) == 100) }

    @Test("after the pause one request passes, and only one")
    func probe() {
        var breaker = open()
        #expect(breaker.wait(at: 100) == nil)
        breaker.enter()
        #expect(breaker.wait(at: 100) == 100)
        breaker.succeed()
        #expect(breaker.isClosed && breaker.wait(at: 100) == nil)
    }

    @Test("each failed probe doubles the pause, up to eight times; an answer begins anew")
    func doubling() {
        var breaker = open()
        var now: Int64 = 100
        for pause in [200, 400, 800, 800] as [Int64] {
            breaker.enter()
            breaker.fail(at: now, isSilence: false)
            #expect(breaker.wait(at: now) == pause)
            now += pause
        }
        breaker.enter()
        breaker.succeed()
        breaker.fail(at: now, isSilence: true)
        #expect(breaker.wait(at: now) == 100)
    }

    @Test("a probe whose client left leaves the question to the next request")
    func abandoned() {
        var breaker = open()
        breaker.enter()
        breaker.abandon(at: 150)
        #expect(breaker.wait(at: 150) == nil)
    }

    @Test("failures of requests that passed before do not prolong the pause")
    func late() {
        var breaker = open()
        breaker.fail(at: 50, isSilence: true)
        #expect(breaker.wait(at: 50) == 50)
    }
}

@Suite("Rate limits")
struct TokenBucketTests {
    @Test("a minute's requests pass at once, then one after the other")
    func refill() {
        var bucket = TokenBucket(perMinute: 6, at: 1_000)
        for _ in 0..<6 {
            #expect(bucket.wait(at: 1_000) == nil)
            bucket.take()
        }
        #expect(bucket.wait(at: 1_000) == 10_000)
        #expect(bucket.wait(at: 10_999) == 1)
        #expect(bucket.wait(at: 11_000) == nil)
        bucket.take()
        #expect(bucket.wait(at: 11_000) == 10_000)
    }

    @Test("what was not used is kept for a minute only, and a clock that stands still gives nothing")
    func full() {
        var bucket = TokenBucket(perMinute: 7, at: 0)
        var passed = 0
        while bucket.wait(at: 10_000_000) == nil {
            bucket.take()
            passed += 1
        }
        #expect(passed == 7)
        #expect(bucket.wait(at: 9_000_000) == bucket.wait(at: 10_000_000))
    }

    @Test("in the long run exactly the rate passes", arguments: [1, 7, 60, 1_000])
    func rate(perMinute: Int) {
        var bucket = TokenBucket(perMinute: perMinute, at: 0)
        var passed = 0
        var now: Int64 = 0
        while now < 600_000 {
            if let wait = bucket.wait(at: now) {
                now += wait
            } else {
                bucket.take()
                passed += 1
            }
        }
        #expect((11 * perMinute - 1...11 * perMinute).contains(passed))
    }
}
