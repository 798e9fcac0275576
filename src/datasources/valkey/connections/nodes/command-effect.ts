/**
 * Commands whose lost reply does not leave an unknown outcome: they change nothing, or (XREADGROUP, XAUTOCLAIM) the affected entries
 * are delivered again.
 */
const harmless = new Set([
  ...['GET', 'MGET', 'STRLEN', 'HGET', 'HMGET', 'HGETALL', 'HLEN', 'HSCAN', 'LLEN', 'SCARD', 'ZCARD', 'XLEN'],
  ...['LRANGE', 'LINDEX', 'SSCAN', 'SMISMEMBER', 'SRANDMEMBER', 'ZSCAN'],
  ...['ZRANGE', 'ZRANK', 'ZREVRANK', 'ZSCORE', 'ZMSCORE', 'ZCOUNT', 'GEOPOS', 'GEOSEARCH'],
  ...['XRANGE', 'XREVRANGE', 'XINFO', 'XPENDING', 'XREAD', 'XREADGROUP', 'XAUTOCLAIM', 'TYPE', 'PTTL', 'PEXPIRETIME'],
  ...['GETRANGE', 'LRANGE', 'SSCAN', 'ZRANGE', 'DUMP'],
  ...['MEMORY', 'OBJECT', 'EXISTS', 'SCAN', 'DBSIZE', 'INFO', 'PUBSUB', 'CLUSTER', 'HELLO', 'PING', 'ROLE', 'ASKING'],
  ...['GETRANGE', 'GETBIT', 'BITCOUNT', 'PFCOUNT', 'HPTTL', 'HPEXPIRETIME', 'JSON.GET'],
  // This API never sends CONFIG SET.
  ...['CONFIG'],
  ...['EVALSHA_RO', 'EVAL_RO', 'CLIENT', 'TIME', 'COMMAND', 'ACL', 'SLOWLOG', 'COMMANDLOG'],
  ...['WATCH', 'UNWATCH'],
]);

/** Whether a command whose reply was lost may have changed data permanently. */
export function mayHaveWritten(name: string): boolean {
  return !harmless.has(name.toUpperCase());
}
