/** An error reply of Valkey, e.g. `WRONGTYPE Operation against a key holding the wrong kind of value`. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  /** The reply's first word: `WRONGTYPE`, `NOPERM`, `ERR`, … */
  readonly prefix: string;

  constructor(message: string) {
    super(withoutUser(message));
    this.prefix = message.split(' ', 1)[0] ?? 'ERR';
  }
}

/** Hides the name of this API's Valkey user. Only `dataAccess` shows it, to callers that may see the cluster. */
function withoutUser(message: string): string {
  return message.replace(/^(NOPERM )User \S* has/, '$1The user of this API has');
}
