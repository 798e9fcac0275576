/**
 * XGROUP DELCONSUMER drops the consumer's pending entries for good, so the look and the removal are one script: an
 * entry that is delivered in between cannot be lost. A group that is gone has no consumers: that is no error here.
 */
const removeIfEmpty = `
local pending = redis.pcall('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2])
if pending.err then return 1 end
if #pending > 0 then return 0 end
redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
return 1
`;

/** KEYS: stream; ARGV: group, consumer. Answers 1 where the consumer is gone. */
export const removeIfEmptyScript = removeIfEmpty;

/**
 * KEYS: stream; ARGV: group, consumer, idle milliseconds. The consumer's pending entries become idle for that long, so
 * that the next claim of any other takes them; JUSTID leaves their delivery counts alone. In a script, because an entry
 * that another claims between the look and XCLAIM would be taken back from it.
 */
export const leaveScript = `
local from = '-'
repeat
  local pending = redis.pcall('XPENDING', KEYS[1], ARGV[1], from, '+', 1000, ARGV[2])
  if pending.err then return 1 end
  for _, entry in ipairs(pending) do
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, entry[1], 'IDLE', ARGV[3], 'JUSTID')
    from = '(' .. entry[1]
  end
until #pending < 1000
${removeIfEmpty}`;
