/** One line of the catalogue of ElastiCache's parameters. */
export interface CatalogueEntry {
  readonly name: string;
  readonly defaultValue: string;
  /** `a,b` lists values, `0-100` is a range, `0-` is a range without an upper end, `` allows any text. */
  readonly allowedValues: string;
  /** The least and the most that the engines accept, where `allowedValues` of AWS leave that end open. */
  readonly least?: number;
  readonly most?: number;
  readonly description: string;
  /** The first and the last generation of families that have it: `redis6.x` is 6, `redis7` and `valkey7` are 7. */
  readonly from?: number;
  readonly until?: number;
  /** The engine version that brought it, if it is later than the family's first. */
  readonly since?: string;
  /** Other defaults, by the generation from which they apply. */
  readonly laterDefaults?: Readonly<Record<number, string>>;
  readonly fixed?: true;
  /** Fixed from this generation on. */
  readonly fixedFrom?: number;
  readonly requiresReboot?: true;
}

type Options = Omit<CatalogueEntry, 'name' | 'defaultValue' | 'allowedValues' | 'description'>;

const yesNo = 'yes,no';
const fixed = { fixed: true } as const;
/** The engines keep these in 32 bits. */
const int32 = { most: 2_147_483_647 } as const;
/** Parameters that Redis 5 renamed: the former and the present name. */
const before5 = { until: 4 } as const;
const from5 = { from: 5 } as const;

/** Commands that `rename-commands` may name: those of Redis 5, as AWS lists them. */
const renameable =
  'APPEND,BITCOUNT,BITFIELD,BITOP,BITPOS,BLPOP,BRPOP,BRPOPLPUSH,BZPOPMIN,BZPOPMAX,CLIENT,COMMAND,DBSIZE,DECR,DECRBY,DEL,DISCARD,DUMP,ECHO,EVAL,EVALSHA,EXEC,EXISTS,EXPIRE,EXPIREAT,FLUSHALL,FLUSHDB,GEOADD,GEOHASH,GEOPOS,GEODIST,GEORADIUS,GEORADIUSBYMEMBER,GET,GETBIT,GETRANGE,GETSET,HDEL,HEXISTS,HGET,HGETALL,HINCRBY,HINCRBYFLOAT,HKEYS,HLEN,HMGET,HMSET,HSET,HSETNX,HSTRLEN,HVALS,INCR,INCRBY,INCRBYFLOAT,INFO,KEYS,LASTSAVE,LINDEX,LINSERT,LLEN,LPOP,LPUSH,LPUSHX,LRANGE,LREM,LSET,LTRIM,MEMORY,MGET,MONITOR,MOVE,MSET,MSETNX,MULTI,OBJECT,PERSIST,PEXPIRE,PEXPIREAT,PFADD,PFCOUNT,PFMERGE,PING,PSETEX,PSUBSCRIBE,PUBSUB,PTTL,PUBLISH,PUNSUBSCRIBE,RANDOMKEY,READONLY,READWRITE,RENAME,RENAMENX,RESTORE,ROLE,RPOP,RPOPLPUSH,RPUSH,RPUSHX,SADD,SCARD,SCRIPT,SDIFF,SDIFFSTORE,SELECT,SET,SETBIT,SETEX,SETNX,SETRANGE,SINTER,SINTERSTORE,SISMEMBER,SLOWLOG,SMEMBERS,SMOVE,SORT,SPOP,SRANDMEMBER,SREM,STRLEN,SUBSCRIBE,SUNION,SUNIONSTORE,SWAPDB,TIME,TOUCH,TTL,TYPE,UNSUBSCRIBE,UNLINK,UNWATCH,WAIT,WATCH,ZADD,ZCARD,ZCOUNT,ZINCRBY,ZINTERSTORE,ZLEXCOUNT,ZPOPMAX,ZPOPMIN,ZRANGE,ZRANGEBYLEX,ZREVRANGEBYLEX,ZRANGEBYSCORE,ZRANK,ZREM,ZREMRANGEBYLEX,ZREMRANGEBYRANK,ZREMRANGEBYSCORE,ZREVRANGE,ZREVRANGEBYSCORE,ZREVRANK,ZSCORE,ZUNIONSTORE,SCAN,SSCAN,HSCAN,ZSCAN,XINFO,XADD,XTRIM,XDEL,XRANGE,XREVRANGE,XLEN,XREAD,XGROUP,XREADGROUP,XACK,XCLAIM,XPENDING,GEORADIUS_RO,GEORADIUSBYMEMBER_RO,LOLWUT,XSETID,SUBSTR';
const policies =
  'volatile-lru,allkeys-lru,volatile-lfu,allkeys-lfu,volatile-random,allkeys-random,volatile-ttl,noeviction';

function entry(
  name: string,
  defaultValue: string,
  allowedValues: string,
  description: string,
  options: Options = {},
): CatalogueEntry {
  return { name, defaultValue, allowedValues, description, ...options };
}

/**
 * The parameters of the families redis4.0 to valkey9. Sources: "Engine specific parameters" of the ElastiCache user guide and the
 * answer of DescribeEngineDefaultParameters in the AWS CLI's reference, both as of 2026-11. `databases` may be set in a group of one's
 * own, although AWS lists it as fixed ("Parameters changed in Redis OSS 3.2.4").
 */
export const catalogue: readonly CatalogueEntry[] = [
  entry('acl-pubsub-default', 'allchannels', 'resetchannels,allchannels', 'Channels that new ACL users may use.', {
    from: 6,
    since: '6.2',
  }),
  entry('acllog-max-len', '128', '1-10000', 'Entries that the ACL log keeps.', { from: 6 }),
  entry('active-defrag-cycle-max', '75', '1-75', 'Most CPU time for defragmentation, in percent.'),
  entry('active-defrag-cycle-min', '5', '1-75', 'Least CPU time for defragmentation, in percent.'),
  entry('active-defrag-ignore-bytes', '104857600', '1048576-', 'Wasted bytes from which defragmentation starts.'),
  entry('active-defrag-max-scan-fields', '1000', '1-1000000', 'Fields of a collection that one scan processes.', from5),
  entry('active-defrag-threshold-lower', '10', '1-100', 'Fragmentation from which defragmentation starts, in percent.'),
  entry('active-defrag-threshold-upper', '100', '1-100', 'Fragmentation with the most effort, in percent.'),
  entry('active-expire-effort', '1', '1-10', 'Effort of the search for expired keys.', { from: 6 }),
  entry('activedefrag', 'no', yesNo, 'Whether memory is defragmented while the engine runs.'),
  entry('activerehashing', 'yes', yesNo, 'Whether idle CPU time goes on with rehashing.', {
    requiresReboot: true,
    fixedFrom: 7,
  }),
  entry('appendfsync', 'everysec', 'always,everysec,no', 'When the append-only file is written to disk.', fixed),
  entry('appendonly', 'no', yesNo, 'Whether changes are kept in an append-only file.', fixed),
  entry('client-output-buffer-limit-normal-hard-limit', '0', '0-', 'Bytes at which an ordinary client is closed.'),
  entry(
    'client-output-buffer-limit-normal-soft-limit',
    '0',
    '0-',
    'Bytes at which an ordinary client is closed later.',
  ),
  entry(
    'client-output-buffer-limit-normal-soft-seconds',
    '0',
    '0-',
    'Seconds above the soft limit, ordinary clients.',
    int32,
  ),
  entry('client-output-buffer-limit-pubsub-hard-limit', '33554432', '0-', 'Bytes at which a subscriber is closed.'),
  entry(
    'client-output-buffer-limit-pubsub-soft-limit',
    '8388608',
    '0-',
    'Bytes at which a subscriber is closed later.',
  ),
  entry(
    'client-output-buffer-limit-pubsub-soft-seconds',
    '60',
    '0-',
    'Seconds above the soft limit, subscribers.',
    int32,
  ),
  entry('client-output-buffer-limit-replica-soft-seconds', '60', '0-', 'Seconds above the soft limit, replicas.', {
    ...from5,
    ...fixed,
  }),
  entry('client-output-buffer-limit-slave-soft-seconds', '60', '0-', 'Seconds above the soft limit, replicas.', {
    ...before5,
    ...fixed,
  }),
  entry('client-query-buffer-limit', '1073741824', '1048576-1073741824', 'Bytes of a client’s input buffer.'),
  entry('close-on-replica-write', 'yes', yesNo, 'Whether a client that writes to a replica is disconnected.', from5),
  entry('close-on-slave-write', 'yes', yesNo, 'Whether a client that writes to a replica is disconnected.', before5),
  entry('cluster-allow-pubsubshard-when-down', 'yes', yesNo, 'Sharded pub/sub while slots are not covered.', {
    from: 7,
  }),
  entry('cluster-allow-reads-when-down', 'no', yesNo, 'Reads while slots are not covered.', { from: 6 }),
  entry('cluster-databases', '0', '0-10000', 'Databases in cluster mode; set when a cluster is created.', {
    from: 9,
    ...fixed,
    requiresReboot: true,
  }),
  entry('cluster-enabled', 'no', yesNo, 'Whether the group has cluster mode.', { requiresReboot: true }),
  entry('cluster-preferred-endpoint-type', 'tls-dynamic', 'ip,tls-dynamic', 'The addresses in redirections.', {
    from: 7,
  }),
  entry('cluster-require-full-coverage', 'no', yesNo, 'Whether all slots must be covered to answer.'),
  entry('commandlog-large-reply-max-len', '128', '0-1024', 'Entries of the log of large replies.', {
    from: 8,
    since: '8.1',
  }),
  entry('commandlog-large-request-max-len', '128', '0-1024', 'Entries of the log of large requests.', {
    from: 8,
    since: '8.1',
  }),
  entry('commandlog-reply-larger-than', '1048576', '-1-', 'Bytes from which a reply is logged.', {
    from: 8,
    since: '8.1',
  }),
  entry('commandlog-request-larger-than', '1048576', '-1-', 'Bytes from which a request is logged.', {
    from: 8,
    since: '8.1',
  }),
  entry('databases', '16', '1-1200000', 'The number of databases.', { requiresReboot: true }),
  entry('extended-redis-compatibility', 'yes', yesNo, 'Whether Valkey calls itself Redis OSS 7.2.', { from: 8 }),
  entry('hash-max-listpack-entries', '512', '0-', 'Fields of a hash that is kept compact.', { from: 7 }),
  entry('hash-max-listpack-value', '64', '0-', 'Bytes of a field of a hash that is kept compact.', { from: 7 }),
  entry('hash-max-ziplist-entries', '512', '0-', 'Fields of a hash that is kept compact.', { until: 6 }),
  entry('hash-max-ziplist-value', '64', '0-', 'Bytes of a field of a hash that is kept compact.', { until: 6 }),
  entry('hll-sparse-max-bytes', '3000', '1-16000', 'Bytes of a HyperLogLog in its sparse form.'),
  entry('latency-tracking', 'no', yesNo, 'Whether the latency of each command is measured.', { from: 7 }),
  entry('lazyfree-lazy-eviction', 'no', yesNo, 'Whether evicted keys are freed in the background.', { until: 7 }),
  entry('lazyfree-lazy-expire', 'no', yesNo, 'Whether expired keys are freed in the background.', { until: 7 }),
  entry('lazyfree-lazy-server-del', 'no', yesNo, 'Whether replaced values are freed in the background.', { until: 7 }),
  entry('lazyfree-lazy-user-del', 'no', yesNo, 'Whether DEL frees in the background, as UNLINK does.', {
    from: 6,
    until: 7,
  }),
  entry('lfu-decay-time', '1', '0-', 'Minutes after which the LFU counter of a key decreases.', int32),
  entry('lfu-log-factor', '10', '1-', 'How fast the LFU counter of a key fills.', int32),
  entry('list-compress-depth', '0', '0-', 'Nodes at each end of a list that are not compressed.', int32),
  entry('list-max-listpack-size', '-2', '-5,-4,-3,-2,-1,1-', 'The size of a node of a list.', { from: 7, ...fixed }),
  entry('list-max-ziplist-size', '-2', '-5,-4,-3,-2,-1,1-', 'The size of a node of a list.', { until: 6, ...fixed }),
  entry('lua-replicate-commands', 'yes', yesNo, 'Whether a script’s effects are replicated.', { from: 5, until: 5 }),
  entry('lua-time-limit', '5000', '5000', 'Milliseconds after which a script is stopped.', fixed),
  entry('maxclients', '65000', '1-65000', 'The number of clients.', { ...fixed, requiresReboot: true }),
  entry('maxmemory-policy', 'volatile-lru', policies, 'Which keys are evicted when memory is full.'),
  entry('maxmemory-samples', '3', '1-', 'Keys that an eviction compares.', { most: 64 }),
  entry('min-replicas-max-lag', '10', '0-', 'Seconds after which a replica no longer counts.', { ...from5, ...int32 }),
  entry('min-replicas-to-write', '0', '0-', 'Replicas that a primary needs to accept writes.', { ...from5, ...int32 }),
  entry('min-slaves-max-lag', '10', '0-', 'Seconds after which a replica no longer counts.', { ...before5, ...int32 }),
  entry('min-slaves-to-write', '0', '0-', 'Replicas that a primary needs to accept writes.', { ...before5, ...int32 }),
  entry('notify-keyspace-events', '', '', 'The keyspace events that are published.'),
  entry('proto-max-bulk-len', '536870912', '1048576-536870912', 'Bytes of one element of a request.'),
  entry('rename-commands', '', renameable, 'Commands that have another name.', { from: 5, since: '5.0.3' }),
  entry('repl-backlog-size', '1048576', '16384-', 'Bytes of changes kept for replicas that return.', {
    laterDefaults: { 8: '10485760' },
  }),
  entry('repl-backlog-ttl', '3600', '0-', 'Seconds for which changes are kept without a replica.'),
  entry('replica-allow-chaining', 'no', yesNo, 'Whether replicas may have replicas.', { ...from5, ...fixed }),
  entry('replica-ignore-maxmemory', 'yes', yesNo, 'Whether replicas leave evictions to the primary.', {
    ...from5,
    ...fixed,
  }),
  entry('replica-lazy-flush', 'no', yesNo, 'Whether a replica empties itself in the background.', {
    from: 5,
    until: 7,
    laterDefaults: { 6: 'yes' },
    ...fixed,
  }),
  entry('reserved-memory', '0', '0-', 'Bytes of a node’s memory that data may not use.', before5),
  entry('reserved-memory-percent', '25', '0-100', 'Percent of a node’s memory that data may not use.'),
  entry('search-default-timeout-ms', '50000', '1-60000', 'Milliseconds after which a search ends.', {
    from: 8,
    since: '8.2',
  }),
  entry('search-enable-partial-results', 'yes', yesNo, 'Whether a search that ran out of time answers in part.', {
    from: 8,
    since: '8.2',
  }),
  entry('search-fanout-target-mode', 'client', 'client,throughput', 'The nodes that a search asks.', {
    from: 8,
    since: '8.2',
  }),
  entry('set-max-intset-entries', '512', '0-', 'Numbers of a set that is kept compact.'),
  entry('slave-allow-chaining', 'no', yesNo, 'Whether replicas may have replicas.', { ...before5, ...fixed }),
  entry('slave-lazy-flush', 'no', yesNo, 'Whether a replica empties itself in the background.', {
    ...before5,
    ...fixed,
  }),
  entry('slowlog-log-slower-than', '10000', '-', 'Microseconds from which a command is logged; less than 0 for none.', {
    least: -1,
  }),
  entry('slowlog-max-len', '128', '0-', 'Entries of the log of slow commands.'),
  entry('stream-node-max-bytes', '4096', '0-', 'Bytes of a node of a stream.', from5),
  entry('stream-node-max-entries', '100', '0-', 'Entries of a node of a stream.', from5),
  entry('tcp-keepalive', '300', '0-', 'Seconds between probes of idle connections.', int32),
  entry('timeout', '0', '0,20-', 'Seconds after which an idle client is disconnected.', int32),
  entry('tracking-table-max-keys', '1000000', '1-100000000', 'Keys that client-side caching follows.', { from: 6 }),
  entry('zset-max-listpack-entries', '128', '0-', 'Members of a sorted set that is kept compact.', { from: 7 }),
  entry('zset-max-listpack-value', '64', '0-', 'Bytes of a member of a sorted set that is kept compact.', { from: 7 }),
  entry('zset-max-ziplist-entries', '128', '0-', 'Members of a sorted set that is kept compact.', { until: 6 }),
  entry('zset-max-ziplist-value', '64', '0-', 'Bytes of a member of a sorted set that is kept compact.', { until: 6 }),
];
