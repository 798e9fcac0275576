/**
 * The flags of Valkey's parameter `notify-keyspace-events` (its documentation, "Keyspace notifications"): `K` sends notifications on the
 * channels of keys, and each class of events has a flag of its own.
 */
const eventsOfClass: Readonly<Record<string, string>> = {
  g: 'del rename_from rename_to move_from move_to copy_to restore expire persist sortstore',
  $: 'set setrange incrby incrbyfloat append',
  l: 'lpush rpush rpop lpop linsert lset lrem ltrim',
  s: 'sadd spop srem sinterstore sunionstore sdiffstore',
  h: 'hset hincrby hincrbyfloat hdel hexpire hexpired hpersist',
  z: 'zadd zincr zrem zremrangebyscore zremrangebyrank zremrangebylex zpopmin zpopmax zdiffstore zinterstore zunionstore zrangestore geosearchstore',
  x: 'expired',
  e: 'evicted',
  t: 'xadd xtrim xdel xsetid xgroup-create xgroup-createconsumer xgroup-delconsumer xgroup-destroy xgroup-setid',
  m: 'keymiss',
  n: 'new',
};

const classOfEvent: ReadonlyMap<string, string> = new Map(
  Object.entries(eventsOfClass).flatMap(([flag, events]) => events.split(' ').map((event) => [event, flag] as const)),
);

/** The classes that the flag `A` stands for; `d` has the events of modules. */
const all = 'g$lshzxetd';

/**
 * The flags that are missing for notifications of these events, in a readable form such as `K`; empty if none is. Without `events`, one
 * class of events is enough. Events of modules need `d`, which cannot be recognised by their names.
 */
export function missingFlags(flags: string, events?: readonly string[]): readonly string[] {
  const classes = flags.includes('A') ? flags + all : flags;
  const missing = flags.includes('K') ? [] : ['K'];
  if (events) {
    const needed = new Set(events.map((event) => classOfEvent.get(event) ?? ''));
    return [...missing, ...[...needed].filter((flag) => !classes.includes(flag))];
  }
  return /[g$lshzxetdmn]/.test(classes) ? missing : [...missing, 'a class of events such as A'];
}
