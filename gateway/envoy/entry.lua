-- Lets in what services can take, before any service sees the request: headers that are metadata, and of calls one whole
-- message.

local GRPC = "application/grpc"
local GRPC_PREFIX_BYTES = 5

-- Less than the listener takes, for what the gateway adds must fit in as well: the caller, the address, the path as it was.
local MOST_HEADER_BYTES = 15 * 1024
local MOST_HEADERS = 90

-- Headers of gRPC itself that its clients send, and how they look.
local CALL_HEADERS = {
  ["grpc-accept-encoding"] = "",
  ["grpc-encoding"] = "^%l+$",
  ["grpc-timeout"] = "^%d%d?%d?%d?%d?%d?%d?%d?[HMSmun]$",
}

-- A service ends a stream whose grpc- headers it cannot read, and is taken for broken when it does so often. To REST they
-- mean nothing. HTTP has more letters for names than gRPC.
local function is_kept(name, value, is_call)
  if name:find("[^0-9a-z_.:-]") then
    return false
  end
  local form = is_call and CALL_HEADERS[name]
  return not name:find("^grpc%-") or (form and value:find(form))
end

local function escape(byte)
  return ("%%%02X"):format(byte:byte())
end

-- Drops what gRPC cannot read and escapes bytes beyond ASCII as URLs do, the path's too. False when there is too much.
local function make_metadata(headers, is_call)
  local changes, bytes, count = {}, 0, 0
  for name, value in pairs(headers) do
    local escaped = value:gsub("[\128-\255]", escape)
    bytes, count = bytes + #name + #escaped, count + 1
    if not is_kept(name, value, is_call) then
      changes[name] = ""
    elseif escaped ~= value then
      changes[name] = escaped
    end
  end
  for name, value in pairs(changes) do
    if value == "" then
      headers:remove(name)
    else
      headers:replace(name, value)
    end
  end
  return bytes <= MOST_HEADER_BYTES and count <= MOST_HEADERS
end

local function is_whole_message(body)
  if not body or body:length() < GRPC_PREFIX_BYTES then
    return false
  end
  local flag, a, b, c, d = body:getBytes(0, GRPC_PREFIX_BYTES):byte(1, GRPC_PREFIX_BYTES)
  return flag <= 1 and ((a * 256 + b) * 256 + c) * 256 + d == body:length() - GRPC_PREFIX_BYTES
end

-- Lets whole messages through only: a call without one would be held by the service for as long as it may last.
local function check_message(handle)
  if not is_whole_message(handle:body()) then
    handle:respond({ [":status"] = "400", ["grpc-status"] = "3" }, "the call must carry one whole message")
  end
end

function envoy_on_request(handle)
  local headers = handle:headers()
  local is_call = (headers:get("content-type") or ""):lower():sub(1, #GRPC) == GRPC
  local fits = make_metadata(headers, is_call)
  if is_call then
    -- Envoy and the services bound the headers of calls themselves, as gRPC words it.
    check_message(handle)
    return
  end
  -- A page's session counts for calls of gRPC-Web alone: whatever is none must not look like one.
  headers:remove("x-grpc-web")
  if headers:get(":path"):find("^/v1[/?]") then
    headers:remove("cookie")
  end
  if not fits then
    handle:respond({ [":status"] = "431" }, "")
  end
end
