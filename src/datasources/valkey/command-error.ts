/** An error reply of Valkey, e.g. `WRONGTYPE Operation against a key holding the wrong kind of value`. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  /** The reply's first word: `WRONGTYPE`, `NOPERM`, `ERR`, … */
  readonly prefix: string;

  constructor(message: string) {
    super(message);
    this.prefix = message.split(' ', 1)[0] ?? 'ERR';
  }
}
