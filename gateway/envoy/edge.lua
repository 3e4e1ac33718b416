-- What Envoy cannot know from the contracts alone. Above this, render.py puts two tables made from them:
-- OPERATIONS (verb, path pattern, most bytes of the body, fields that the path fills, fields that the body fills, lists that
-- a query cannot hold, shape of the body)
-- and SHAPES (shape → field → its shape, if known, and if it is a list).

local DEEPEST = 50
-- Values, names and escapes of one body: reading them takes this thread from everybody else, some 8 ms at most.
local MOST_STEPS = 20000
local GRPC = "application/grpc"
-- How much of a request an error repeats.
local LONGEST_ECHO = 500

local function refuse(message)
  error({ message = message }, 0)
end

-- Returns what the pattern captures at this place: the place behind it.
local function expect(json, pattern, at)
  return json:match(pattern, at) or refuse("the body is not valid JSON at character " .. at)
end

local steps_left

local function step()
  steps_left = steps_left - 1
  if steps_left < 0 then
    refuse("the body holds too many values")
  end
end

local function check_text(json, at)
  local from = at + 1
  while true do
    local found = expect(json, '^[^%z\1-\31"\\]*()', from)
    if json:sub(found, found) == '"' then
      return found + 1, json:sub(at + 1, found - 1)
    end
    step()
    from = expect(json, '^\\["\\/bfnrtu]()', found)
  end
end

local check_value

local function check_list(json, at, shape, path, depth)
  local done = json:match("^[ \t\r\n]*]()", at)
  while not done do
    at = check_value(json, at, shape, path, depth)
    done = json:match("^[ \t\r\n]*]()", at)
    at = done or expect(json, "^[ \t\r\n]*,()", at)
  end
  return done
end

local function check_object(json, at, shape, path, depth)
  local done = json:match("^[ \t\r\n]*}()", at)
  while not done do
    local name
    at, name = check_text(json, expect(json, '^[ \t\r\n]*()"', at))
    at = expect(json, "^[ \t\r\n]*:[ \t\r\n]*()", at)
    local field = shape and shape[name]
    local name_path = path .. name
    if shape and not field then
      refuse("unknown field: " .. name_path:sub(1, 200))
    end
    if field and field.list and not json:find("^[%[n]", at) then
      refuse(name_path .. ": expected a list")
    end
    at = check_value(json, at, field and SHAPES[field.shape], name_path .. ".", depth)
    done = json:match("^[ \t\r\n]*}()", at)
    at = done or expect(json, "^[ \t\r\n]*,()", at)
  end
  return done
end

-- Checks what the transcoder does not: it takes JSON that is none, drops unknown fields and makes lists of single values,
-- all in silence. Which words and numbers there are, and UTF-8, is left to it. Without shape anything goes.
function check_value(json, at, shape, path, depth)
  step()
  if depth > DEEPEST then
    refuse("the body is nested too deeply")
  end
  local start = expect(json, "^[ \t\r\n]*()[^ \t\r\n]", at)
  local first = json:sub(start, start)
  if first == "{" then
    return check_object(json, start + 1, shape, path, depth + 1)
  elseif first == "[" then
    return check_list(json, start + 1, shape, path, depth + 1)
  elseif first == '"' then
    return (check_text(json, start))
  end
  local word = json:match("^%a+()", start)
  if word then
    return word
  end
  at = expect(json, "^-?%d+()", start)
  at = json:match("^%.%d+()", at) or at
  return json:match("^[eE][+-]?%d+()", at) or at
end

local function check_body(json, shape)
  steps_left = MOST_STEPS
  expect(json, "^[ \t\r\n]*()$", check_value(json, 1, shape, "", 1))
end

local function find_operation(verb, path)
  for _, operation in ipairs(OPERATIONS) do
    if operation.verb == verb and path:find(operation.path) then
      return operation
    end
  end
end

-- Refuses a query parameter that is a part of the path, which would win over it, a field of the body: the transcoder
-- would read both, and addresses end up in logs; or a list of messages, of which it would keep the last.
local function check_query(query, operation)
  for parameter in query:gmatch("[^&]+") do
    local name = parameter:match("^[^=]*"):gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)
    if operation.in_path[name] then
      refuse(name .. " is given by the path")
    end
    local field = name:match("^[^.]*")
    if operation.in_body[field] then
      refuse(name .. " belongs into the body")
    elseif operation.lists[field] then
      refuse(field .. " is a list of objects, which belongs into the body of a POST")
    end
  end
end

-- Returns false, once it has responded with the reason, when the check refuses.
local function passes(handle, check, text, expected)
  local is_good, problem = pcall(check, text, expected)
  if not is_good then
    handle:respond({ [":status"] = "400" }, problem.message)
  end
  return is_good
end

function envoy_on_request(handle)
  local headers = handle:headers()
  local content_type = (headers:get("content-type") or ""):lower()
  if content_type:sub(1, #GRPC) == GRPC then
    return
  end
  local path, query = headers:get(":path"):match("^([^?]*)%??(.*)$")
  local operation = find_operation(headers:get(":method"), path)
  if not operation or not passes(handle, check_query, query, operation) then
    return
  end
  -- Waits for all of it: what is larger than any operation takes is refused by Envoy meanwhile.
  local body = handle:body()
  local length = body and body:length() or 0
  if length > operation.most_bytes then
    handle:respond({ [":status"] = "413" }, "")
    return
  end
  if not operation.is_json or length == 0 then
    return
  end
  if not (content_type .. ";"):find("^application/json%s*;") then
    handle:respond({ [":status"] = "415" }, "")
    return
  end
  passes(handle, check_body, body:getBytes(0, length), SHAPES[operation.shape])
end

local function is_internal(name)
  return name:find("^grpc%-") or name:find("^x%-envoy%-") or name == "x-http-code" or name == "x-error-body"
end

-- What a REST client does not understand or should not see.
local function remove_internal(headers)
  local names = {}
  for name in pairs(headers) do
    if is_internal(name) then
      names[#names + 1] = name
    end
  end
  for _, name in ipairs(names) do
    headers:remove(name)
  end
end

local function read_body(handle)
  local body = handle:body(true)
  return body:getBytes(0, body:length())
end

local function write_body(handle, text)
  local length = handle:body(true):setBytes(text)
  handle:headers():replace("content-length", tostring(length))
end

-- The transcoder quotes the lines of a malformed body, which may hold a password. One line says enough: the rest of each
-- text that has more is cut out of the JSON.
local function first_lines_of(json)
  local cut = json:find("\\[nu]")
  while cut do
    local at = json:find('["\\]', cut)
    while at and json:sub(at, at) ~= '"' do
      at = json:find('["\\]', at + 2)
    end
    if not at then
      return json
    end
    json = json:sub(1, cut - 1) .. json:sub(at)
    cut = json:find("\\[nu]", cut)
  end
  return json
end

-- Cuts long runs of plain text, never inside a character; nothing of ours is that long.
local function shortened(json)
  return (json:gsub('[^"\\]+', function(run)
    return #run > LONGEST_ECHO and run:sub(1, LONGEST_ECHO):gsub("[\192-\255][\128-\191]*$", "") .. "…" or nil
  end))
end

-- Turns metadata into what only HTTP has, status and headers; gateway/compat/shared/http_metadata.py writes it. Native gRPC
-- passes untouched.
-- Headers have to be asked for again after the body: while that was awaited, Envoy has taken them back.
function envoy_on_response(handle)
  local headers = handle:headers()
  if (headers:get("content-type") or ""):sub(1, #GRPC) == GRPC then
    return
  end
  local error_body = headers:get("x-error-body")
  local status = headers:get("x-http-code") or headers:get(":status")
  local retry_after = headers:get("retry-after")
  headers:replace(":status", status)
  remove_internal(headers)
  if error_body then
    write_body(handle, error_body)
    handle:headers():replace("content-type", "application/json")
  elseif status == "400" then
    local text = read_body(handle)
    local short = shortened(first_lines_of(text))
    if short ~= text then
      write_body(handle, short)
    end
  elseif (status == "429" or status == "503" or status == "504") and not retry_after then
    -- Services say it as google.rpc.RetryInfo, which the transcoder has put into the body.
    local delay = read_body(handle):match('"retryDelay":%s*"(%d+)')
    handle:headers():replace("retry-after", delay or "1")
  end
end
