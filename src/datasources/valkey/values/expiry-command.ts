import type { ChangingExpiry, Expiry } from '../../../domain/key/expiry.js';
import type { Command } from '../interfaces.js';

/** The command that sets a key's expiry; undefined if the expiry is to stay unchanged. */
export function expiryCommand(key: Buffer, expiry: ChangingExpiry): Command['args'];
export function expiryCommand(key: Buffer, expiry: Expiry): Command['args'] | undefined;
export function expiryCommand(key: Buffer, expiry: Expiry): Command['args'] | undefined {
  switch (expiry.kind) {
    case 'after':
      return ['PEXPIRE', key, String(expiry.milliseconds)];
    case 'at':
      return ['PEXPIREAT', key, String(expiry.unixMilliseconds)];
    case 'never':
      return ['PERSIST', key];
    case 'keep':
      return undefined;
  }
}

/** The expiry as an option of SET, which clears the expiry by default. */
export function expiryOption(expiry: Expiry): readonly string[] {
  switch (expiry.kind) {
    case 'after':
      return ['PX', String(expiry.milliseconds)];
    case 'at':
      return ['PXAT', String(expiry.unixMilliseconds)];
    case 'never':
      return [];
    case 'keep':
      return ['KEEPTTL'];
  }
}
