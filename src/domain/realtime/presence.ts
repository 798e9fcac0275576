/** The identity that a subscriber claims to others. It is not verified. */
export interface PresenceClaim {
  readonly member: string;
  /** JSON. */
  readonly data: unknown;
}

/** A member of a channel: one name, with any number of subscriptions. */
export interface PresenceMember extends PresenceClaim {
  /** When the first of the open subscriptions was opened. */
  readonly since: Date;
  readonly subscriptions: number;
}

/** The part of a member that one process contributes. */
export interface MemberRecord extends PresenceMember {
  /** When the last of its subscriptions was opened. The data of the last one counts. */
  readonly renewed: Date;
}

/** The subscribers of a channel in one process. */
export interface ProcessPresence {
  readonly subscribers: number;
  readonly members: readonly MemberRecord[];
}

/** The subscribers of a channel in all processes. Immutable. */
export interface ChannelPresence {
  readonly channel: Buffer;
  /** The number of subscriptions, including those without a name. */
  readonly subscribers: number;
  /** Sorted by name. */
  readonly members: readonly PresenceMember[];
}

/** A change of presence. In the first one, all members have joined. */
export interface PresenceChange {
  readonly presence: ChannelPresence;
  readonly joined: readonly PresenceMember[];
  /** Members whose data changed. */
  readonly updated: readonly PresenceMember[];
  /** Their last known state. */
  readonly left: readonly PresenceMember[];
}

/** Merges by name: one name is one member, even if several processes report it. */
export function mergePresence(channel: Buffer, processes: readonly ProcessPresence[]): ChannelPresence {
  const members = new Map<string, MemberRecord>();
  for (const record of processes.flatMap((process) => process.members)) {
    const other = members.get(record.member);
    members.set(record.member, other ? mergeMember(other, record) : record);
  }
  return {
    channel,
    subscribers: processes.reduce((sum, process) => sum + process.subscribers, 0),
    members: [...members.values()].sort((a, b) => (a.member < b.member ? -1 : 1)),
  };
}

function mergeMember(one: MemberRecord, other: MemberRecord): MemberRecord {
  const newest = one.renewed >= other.renewed ? one : other;
  return {
    ...newest,
    since: one.since <= other.since ? one.since : other.since,
    subscriptions: one.subscriptions + other.subscriptions,
  };
}

/** Compares two states; undefined if clients would see no difference. */
export function presenceChange(
  before: ChannelPresence | undefined,
  presence: ChannelPresence,
): PresenceChange | undefined {
  const old = new Map(before?.members.map((member) => [member.member, member]));
  const joined: PresenceMember[] = [];
  const updated: PresenceMember[] = [];
  let others = 0;
  for (const member of presence.members) {
    const was = old.get(member.member);
    old.delete(member.member);
    if (!was) joined.push(member);
    else if (JSON.stringify(was.data) !== JSON.stringify(member.data)) updated.push(member);
    else if (was.subscriptions !== member.subscriptions) others += 1;
  }
  const left = [...old.values()];
  const isSame =
    before?.subscribers === presence.subscribers && others + joined.length + updated.length + left.length === 0;
  return isSame ? undefined : { presence, joined, updated, left };
}
