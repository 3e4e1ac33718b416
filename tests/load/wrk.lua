-- What wrk asks, told by the environment: a file of paths (LM_PATHS) or the URL's own path; at random or one after the
-- other from LM_FIRST on; with LM_BODY as a POST whose %d is a number; each connection resting LM_REST_MS in between.
local requests, position, body, number = {}, 0, os.getenv("LM_BODY"), 0
-- Most of hundreds of thousands of paths are not asked for, and writing a request takes longer than reading a line.
local paths = {}
local rest = tonumber(os.getenv("LM_REST_MS") or "0")
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  math.randomseed(tonumber(os.getenv("LM_SEED") or "1"))
  local file = os.getenv("LM_PATHS")
  if file then
    for line in io.lines(file) do
      paths[#paths + 1] = line
    end
  elseif not body then
    requests[1] = wrk.format("GET")
  end
  position = tonumber(os.getenv("LM_FIRST") or "0")
  number = position
end

local in_order = os.getenv("LM_FIRST") ~= nil

local function asking_for(place)
  local known = requests[place]
  if not known then
    known = wrk.format("GET", paths[place])
    requests[place] = known
  end
  return known
end

function request()
  if body then
    number = number + 1
    return wrk.format("POST", nil, nil, string.format(body, number))
  end
  if #paths == 0 then
    return requests[1]
  end
  if in_order then
    position = position + 1
    return asking_for((position - 1) % #paths + 1)
  end
  return asking_for(math.random(#paths))
end

if rest > 0 then
  -- Around the mean, or all connections would ask at the same moment.
  function delay()
    return math.random(0, 2 * rest)
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests": %d, "microseconds": %d, "bad_statuses": %d, "broken": %d, "p50": %d, "p90": %d, "p99": %d}\n',
    summary.requests, summary.duration, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(90), latency:percentile(99)))
end
