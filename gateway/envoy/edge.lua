-- What the contracts cannot say to Envoy. Above this, render.py puts two tables made from them:
-- BODIES (verb, path pattern, shape of the JSON body) and SHAPES (shape → field → its shape, if known, and if it is a list).

local DEEPEST = 50
local GRPC = "application/grpc"

local function shape_of_body(verb, path)
  for _, body in ipairs(BODIES) do
    if body.verb == verb and path:find(body.path) then
      return SHAPES[body.shape]
    end
  end
end

-- Skips the text that begins at this quotation mark; answers where it goes on, and the text.
local function skip_text(json, at)
  local from = at + 1
  while true do
    local quote = json:find('["\\]', from)
    if not quote then
      return nil
    end
    if json:byte(quote) == 34 then
      return quote + 1, json:sub(at + 1, quote - 1)
    end
    from = quote + 2
  end
end

-- Finds the first field that the shape does not have, or has as a list where there is none: the transcoder would drop the
-- one and make a list of the other, in silence. Answers where the value ends, or nil and what is wrong. This is no parser:
-- what is malformed ends the search, and the transcoder says how. No shape means anything goes.
local function find_mistake(json, at, shape, path, depth)
  at = json:find("%S", at)
  if not at or depth > DEEPEST then
    return nil
  end
  local first = json:byte(at)
  if first == 34 then
    return (skip_text(json, at))
  end
  if first ~= 123 and first ~= 91 then
    return json:match("^[%w+.-]+()", at)
  end
  local closing = first == 123 and "^%s*}()" or "^%s*]()"
  local done = json:match(closing, at + 1)
  while not done do
    local inner, inner_path = shape, path
    at = at + 1
    if first == 123 then
      at = json:match('^%s*()"', at)
      local name
      if at then
        at, name = skip_text(json, at)
      end
      at = at and json:match("^%s*:()", at)
      if not at then
        return nil
      end
      inner_path = path .. name
      local field = shape and shape[name]
      if shape and not field then
        return nil, "unknown field: " .. inner_path:sub(1, 200)
      end
      if field and field.list and not json:find("^%s*[%[n]", at) then
        return nil, inner_path .. ": expected a list"
      end
      inner = field and SHAPES[field.shape]
      inner_path = inner_path .. "."
    end
    local mistake
    at, mistake = find_mistake(json, at, inner, inner_path, depth + 1)
    if not at then
      return nil, mistake
    end
    done = json:match(closing, at)
    at = done or json:match("^%s*(),", at)
    if not at then
      return nil
    end
  end
  return done
end

function envoy_on_request(handle)
  local headers = handle:headers()
  local content_type = (headers:get("content-type") or ""):lower()
  if content_type:sub(1, #GRPC) == GRPC then
    return
  end
  local path = headers:get(":path"):match("^[^?]*")
  local shape = shape_of_body(headers:get(":method"), path)
  if not shape then
    return
  end
  local body = handle:body()
  if not body or body:length() == 0 then
    return
  end
  if not content_type:find("^application/json%s*$") and not content_type:find("^application/json%s*;") then
    handle:respond({ [":status"] = "415" }, "")
    return
  end
  local _, mistake = find_mistake(body:getBytes(0, body:length()), 1, shape, "", 1)
  if mistake then
    handle:respond({ [":status"] = "400" }, mistake)
  end
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

-- Turns what gRPC cannot say into HTTP, as gateway/compat/shared/http_metadata.py has it. Native gRPC passes untouched.
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
    -- The transcoder quotes the lines of a malformed body, which may hold a password. One line says enough.
    local text, cut = read_body(handle):gsub('^(.-)\\[nu].*("}%s*)$', "%1%2")
    if cut > 0 then
      write_body(handle, text)
    end
  elseif (status == "429" or status == "503" or status == "504") and not retry_after then
    -- Services say it as google.rpc.RetryInfo, which the transcoder has put into the body.
    local delay = read_body(handle):match('"retryDelay":%s*"(%d+)')
    handle:headers():replace("retry-after", delay or "1")
  end
end
