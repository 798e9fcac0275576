import { createScript } from '../../valkey/scripts.js';

/**
 * XGROUP DELCONSUMER drops the consumer's pending entries for good. The check and the removal are therefore one script, so that an
 * entry that is delivered in between is not lost. If the group does not exist, the consumer counts as removed.
 */
const removeIfEmpty = `
local pending = redis.pcall('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2])
if pending.err then return 1 end
if #pending > 0 then return 0 end
redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
return 1
`;

/** KEYS: stream; ARGV: group, consumer. Returns 1 if the consumer is removed. */
export const removeIfEmptyScript = createScript(removeIfEmpty);

/**
 * KEYS: stream; ARGV: group, consumer, idle milliseconds. Sets the idle time of the consumer's pending entries, so that the next
 * claim of another consumer includes them. JUSTID keeps their delivery counts. This is a script because without one, an entry that
 * another consumer claims between XPENDING and XCLAIM would be taken back from that consumer.
 */
export const leaveScript = createScript(`
local from = '-'
repeat
  local pending = redis.pcall('XPENDING', KEYS[1], ARGV[1], from, '+', 1000, ARGV[2])
  if pending.err then return 1 end
  for _, entry in ipairs(pending) do
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, entry[1], 'IDLE', ARGV[3], 'JUSTID')
    from = '(' .. entry[1]
  end
until #pending < 1000
${removeIfEmpty}`);
