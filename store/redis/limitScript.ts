/**
 * The limits in Redis, all of it in one script: what it reads and what it takes cannot be parted.
 *
 * KEYS[1]: name of the marker, with a hash tag that all other names share. ARGV: epoch, the store's time, operation, input.
 * Names under `<marker>:<epoch>`: `:small` hash of scope → its reservations, packed as time, id, time, id, …, or '+' when
 * they are many; then `:s:<scope>` is a sorted set of them by time. `:records` hash of a reservation's key → id and scopes;
 * `:due` sorted set of keys by the time at which the reservation lapses or is out of every window's reach; `:drained`
 * number of the last telling of changes. A batch reads and writes each hash once: calls are what takes the time here.
 *
 * Operations: `reserve` a batch, each all or nothing; `look` at entries and counts; `put` changed reservations as they are
 * now; `load` the same while the epoch is not marked yet; `forget` reservations; `begin` the epoch.
 */
export const LIMIT_SCRIPT = `
local marker, epoch, now, op = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3]
local input = cjson.decode(ARGV[4])
local base = marker .. ':' .. epoch
local small, records, due, drained = base .. ':small', base .. ':records', base .. ':due', base .. ':drained'
local MOST_SMALL = 64
if op == 'begin' then
	redis.call('SET', drained, 0)
	redis.call('SET', marker, epoch)
	return 'ok'
end
local heard = nil
if op ~= 'load' then
	local head = redis.call('MGET', marker, drained)
	if head[1] ~= epoch or not head[2] then return 'epoch' end
	heard = tonumber(head[2])
end

local function named(scope) return base .. ':s:' .. scope end

-- Scope → { list = times and ids } or { set = true, new = times and ids not written yet, spans, rolls }, read once a call.
local scopes, dirty = {}, {}
local function read(name, packed)
	local scope
	if not packed then scope = {list = {}}
	elseif packed == '+' then scope = {set = true, new = {}, spans = {}, rolls = {}}
	else scope = {list = cmsgpack.unpack(packed)} end
	scopes[name] = scope
	return scope
end
local function readAll(names)
	for first = 1, #names, 1000 do
		local part = {unpack(names, first, math.min(first + 999, #names))}
		local found = redis.call('HMGET', small, unpack(part))
		for i, name in ipairs(part) do if not scopes[name] then read(name, found[i]) end end
	end
end
local function scopeOf(name) return scopes[name] or read(name, redis.call('HGET', small, name)) end

local function writeNew(name, scope)
	local new = scope.new
	for first = 1, #new, 1000 do redis.call('ZADD', named(name), unpack(new, first, math.min(first + 999, #new))) end
	scope.new = {}
end

local function add(name, at, id)
	local scope = scopeOf(name)
	dirty[name] = true
	if scope.list then
		local list = scope.list
		list[#list + 1] = at
		list[#list + 1] = id
		if #list > 2 * MOST_SMALL then
			scope.set, scope.new, scope.spans, scope.rolls, scope.list = true, list, {}, {}, nil
			scope.grown = true
		end
		return
	end
	local new = scope.new
	new[#new + 1] = at
	new[#new + 1] = id
	for _, span in ipairs(scope.spans) do if span[1] <= at and at < span[2] then span[3] = span[3] + 1 end end
	for i = #scope.rolls, 1, -1 do
		local roll = scope.rolls[i]
		if at <= roll[1] then
			if at > roll[1] - roll[2] then roll[3] = roll[3] + 1 end
		elseif at < roll[1] + roll[2] then table.remove(scope.rolls, i) end
	end
end

local function remove(name, id)
	local scope = scopeOf(name)
	if scope.set then
		writeNew(name, scope)
		redis.call('ZREM', named(name), id)
		scope.spans, scope.rolls = {}, {}
		return
	end
	local kept = {}
	for i = 1, #scope.list, 2 do
		if scope.list[i + 1] ~= id then
			kept[#kept + 1] = scope.list[i]
			kept[#kept + 1] = scope.list[i + 1]
		end
	end
	scope.list = kept
	dirty[name] = true
end

local function save()
	local sets, gone = {}, {}
	for name in pairs(dirty) do
		local scope = scopes[name]
		if scope.list and #scope.list == 0 then gone[#gone + 1] = name
		elseif scope.list then
			sets[#sets + 1] = name
			sets[#sets + 1] = cmsgpack.pack(scope.list)
		else
			writeNew(name, scope)
			if scope.grown then
				sets[#sets + 1] = name
				sets[#sets + 1] = '+'
			end
		end
	end
	for first = 1, #sets, 1000 do redis.call('HSET', small, unpack(sets, first, math.min(first + 999, #sets))) end
	for first = 1, #gone, 1000 do redis.call('HDEL', small, unpack(gone, first, math.min(first + 999, #gone))) end
end

local function forget(field, id)
	local packed = redis.call('HGET', records, field)
	if not packed then return end
	local record = cmsgpack.unpack(packed)
	if id and record[1] ~= id then return end
	for _, name in ipairs(record[2]) do remove(name, record[1]) end
	redis.call('HDEL', records, field)
	redis.call('ZREM', due, field)
end

if op == 'put' or op == 'load' then
	for _, r in ipairs(input) do
		local field, id, at, ends, names = r[1], r[2], r[3], r[4], r[5]
		if not ends then
			forget(field, id)
		else
			forget(field)
			for _, name in ipairs(names) do add(name, at, id) end
			redis.call('HSET', records, field, cmsgpack.pack({id, names}))
			redis.call('ZADD', due, ends, field)
		end
	end
	save()
	if op == 'put' then return tostring(redis.call('INCR', drained)) end
	return 'ok'
end

if op == 'forget' then
	for _, r in ipairs(input) do forget(r[1], r[2]) end
	save()
	return 'ok'
end

repeat
	local over = redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, 1000)
	for _, field in ipairs(over) do forget(field) end
until #over < 1000

local function timesWithin(name, scope, from, to)
	local times = {}
	if scope.list then
		for i = 1, #scope.list, 2 do
			local at = scope.list[i]
			if from <= at and at < to then times[#times + 1] = at end
		end
		table.sort(times)
		return times
	end
	writeNew(name, scope)
	local found = redis.call('ZRANGEBYSCORE', named(name), from, to - 1, 'WITHSCORES')
	for i = 2, #found, 2 do times[#times + 1] = tonumber(found[i]) end
	return times
end

local function countSpan(name, scope, from, to)
	if scope.list then
		local n = 0
		for i = 1, #scope.list, 2 do
			local at = scope.list[i]
			if from <= at and at < to then n = n + 1 end
		end
		return n
	end
	for _, span in ipairs(scope.spans) do if span[1] == from and span[2] == to then return span[3] end end
	writeNew(name, scope)
	local n = redis.call('ZCOUNT', named(name), from, to - 1)
	scope.spans[#scope.spans + 1] = {from, to, n}
	return n
end

-- The most entries in any stretch of that length that holds the moment: it ends there, or at an entry after it.
local function fullest(times, at, length)
	local last, low = 0, 1
	while last < #times and times[last + 1] <= at do last = last + 1 end
	local most = last
	for ends = last + 1, #times do
		while times[low] <= times[ends] - length do low = low + 1 end
		if ends + 1 - low > most then most = ends + 1 - low end
	end
	return most
end

local function countRolling(name, scope, at, length)
	if scope.list then
		if #scope.list == 0 then return 0 end
		return fullest(timesWithin(name, scope, at - length + 1, at + length), at, length)
	end
	for _, roll in ipairs(scope.rolls) do if roll[1] == at and roll[2] == length then return roll[3] end end
	writeNew(name, scope)
	if redis.call('ZCOUNT', named(name), at + 1, at + length - 1) > 0 then
		return fullest(timesWithin(name, scope, at - length + 1, at + length), at, length)
	end
	local n = redis.call('ZCOUNT', named(name), at - length + 1, at)
	-- Moments of one batch lie close together: few are kept.
	if #scope.rolls > 8 then table.remove(scope.rolls, 1) end
	scope.rolls[#scope.rolls + 1] = {at, length, n}
	return n
end

local function count(name, kind, a, b)
	local scope = scopeOf(name)
	if kind == 0 then return countSpan(name, scope, a, b) end
	return countRolling(name, scope, a, b)
end

if op == 'look' then
	local lists, counts = {}, {}
	for i, r in ipairs(input[1]) do
		local times = timesWithin(r[1], scopeOf(r[1]), r[2], r[3])
		for j, at in ipairs(times) do times[j] = string.format('%.0f', at) end
		lists[i] = table.concat(times, ',')
	end
	for i, check in ipairs(input[2]) do counts[i] = count(check[1], check[2], check[3], check[4]) end
	save()
	return cjson.encode({table.concat(lists, ';'), table.concat(counts, ',')})
end

local names, requests = input[1], input[2]
readAll(names)
local fields = {}
for i, r in ipairs(requests) do fields[i] = r[1] end
local known = redis.call('HMGET', records, unpack(fields))
local answers, mine, sets, dues = {}, {}, {}, {}
for i, r in ipairs(requests) do
	local field, id, at, ends, places, checks = r[1], r[2], r[3], r[4], r[5], r[6]
	local before = mine[field]
	if not before and known[i] then before = cmsgpack.unpack(known[i])[1] end
	if before then
		answers[i] = {2, before}
	else
		local answer, fits = {1}, true
		for j = 1, #checks, 5 do
			local used = count(names[checks[j]], checks[j + 1], checks[j + 2], checks[j + 3])
			answer[#answer + 1] = used
			if used >= checks[j + 4] then fits = false end
		end
		if fits then
			local own = {}
			for j, place in ipairs(places) do
				own[j] = names[place]
				add(names[place], at, id)
			end
			mine[field] = id
			sets[#sets + 1] = field
			sets[#sets + 1] = cmsgpack.pack({id, own})
			dues[#dues + 1] = ends
			dues[#dues + 1] = field
		else
			answer[1] = 0
		end
		answers[i] = answer
	end
end
if #sets > 0 then
	redis.call('HSET', records, unpack(sets))
	redis.call('ZADD', due, unpack(dues))
end
save()
return cjson.encode({heard, answers})
`;
