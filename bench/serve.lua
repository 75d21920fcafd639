-- What wrk sends, and what it tells of the answers: one line of JSON.

wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
wrk.body = os.getenv("ROW")

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  local line = '{"requests":%d,"microseconds":%d,"failed":%d,"p50":%d,"p99":%d}\n'
  io.write(line:format(summary.requests, summary.duration, failed, latency:percentile(50), latency:percentile(99)))
end
