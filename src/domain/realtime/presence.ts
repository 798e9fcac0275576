/** Who a subscriber says it is, for others to see. Nobody checks it. */
export interface PresenceClaim {
  readonly member: string;
  /** JSON. */
  readonly data: unknown;
}

/** Somebody who is subscribed to a channel under a name, by however many subscriptions. */
export interface PresenceMember extends PresenceClaim {
  /** When the first of the subscriptions that stand was opened. */
  readonly since: Date;
  readonly subscriptions: number;
}

/** What one process tells of a member. */
export interface MemberRecord extends PresenceMember {
  /** When the last of its subscriptions was opened: of several, its data counts. */
  readonly renewed: Date;
}

/** The subscribers of a channel in one process. */
export interface ProcessPresence {
  readonly subscribers: number;
  readonly members: readonly MemberRecord[];
}

/** The subscribers of a channel over all processes. Never changed once made. */
export interface ChannelPresence {
  readonly channel: Buffer;
  /** Subscriptions, those without a name too. */
  readonly subscribers: number;
  /** In the order of their names. */
  readonly members: readonly PresenceMember[];
}

/** What has changed since the last one; at first all members have joined. */
export interface PresenceChange {
  readonly presence: ChannelPresence;
  readonly joined: readonly PresenceMember[];
  /** Those who were there with other data. */
  readonly updated: readonly PresenceMember[];
  /** As they last were. */
  readonly left: readonly PresenceMember[];
}

/** One name is one member, in however many processes. */
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

/** The change from one state to another, or undefined where nothing of it shows. */
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
