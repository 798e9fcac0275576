import type { Expiry } from '../../../../domain/key/expiry.js';
import { asError } from '../../../../runtime/errors.js';
import { CommandError } from '../../command-error.js';
import type { Reply, ValkeyCommands } from '../../interfaces.js';
import { listOf, numberOf } from '../../replies.js';
import { expectedFailure, isUnsupported, sendCommand } from '../expected-failure.js';
import type { KeySnapshot } from '../keys/key-snapshot.js';
import { sendWrite } from '../write-command.js';

/** A fact about the expiry of fields, which one command reads for all of them. */
export type ExpiryFact = 'ttl' | 'expiresAt';

/** Milliseconds; null if the field does not expire, or the engine has no expiry of fields; the reason if it cannot be read. */
export type FieldExpiry = Readonly<Partial<Record<ExpiryFact, number | null | Error>>>;

const readers = { ttl: 'HPTTL', expiresAt: 'HPEXPIRETIME' } as const;
const noSuchField = -2;

/** The expiry of each field in the order of the names; undefined for a field that no longer exists. */
export async function readFieldExpiries(
  { commands, name: key }: Pick<KeySnapshot, 'commands' | 'name'>,
  names: readonly Buffer[],
  facts: readonly ExpiryFact[],
): Promise<(FieldExpiry | undefined)[]> {
  if (names.length === 0 || facts.length === 0) return names.map(() => ({}));
  const answers = await Promise.all(
    facts.map(async (fact) => {
      const args = [readers[fact], key, 'FIELDS', String(names.length), ...names] as const;
      try {
        const reply = await sendCommand(commands, { args, key });
        // Some engines answer null for a key that does not exist.
        return reply === null ? names.map(() => noSuchField) : listOf(reply).map(numberOf);
      } catch (cause) {
        const answer = isUnsupported(cause) ? null : asError(cause);
        return names.map(() => answer);
      }
    }),
  );
  return names.map((_, at) => {
    const found = answers.map((answer) => answer[at] ?? null);
    if (found.includes(noSuchField)) return undefined;
    return Object.fromEntries(facts.map((fact, index) => [fact, expiring(found[index] ?? null)]));
  });
}

function expiring(answer: number | null | Error): number | null | Error {
  return typeof answer === 'number' && answer < 0 ? null : answer;
}

/** Resolves to whether each field exists, in the order of the names. Those that exist have the requested expiry now. */
export async function writeFieldExpiry(
  commands: ValkeyCommands,
  key: Buffer,
  names: readonly Buffer[],
  expiry: Exclude<Expiry, { kind: 'keep' }>,
): Promise<boolean[]> {
  if (expiry.kind === 'never') return await persistFields(commands, key, names);
  const [name, time] =
    expiry.kind === 'at' ? ['HPEXPIREAT', expiry.unixMilliseconds] : ['HPEXPIRE', expiry.milliseconds];
  const args = [name, key, String(time), 'FIELDS', String(names.length), ...names] as const;
  return listOf(await sendWrite(commands, { args, key }, { invalid: 'expiry' })).map(exists);
}

/**
 * Uses one command for each field. Builds of Valkey 9 exist that refuse several fields of a key of another type with an incomplete
 * list, after which the replies to other requests on the connection would be mistaken for its elements.
 */
async function persistFields(commands: ValkeyCommands, key: Buffer, names: readonly Buffer[]): Promise<boolean[]> {
  try {
    const persist = names.map((name) => ['HPERSIST', key, 'FIELDS', '1', name] as const);
    return (await commands.transaction(key, persist)).map((reply) => exists(listOf(reply)[0]));
  } catch (cause) {
    throw expectedFailure(cause, ['input', 'key']);
  }
}

function exists(reply: Reply | undefined): boolean {
  // Those builds send the refusal as the element of the list.
  if (reply instanceof Error) throw new CommandError(reply.message);
  return numberOf(reply) !== noSuchField;
}
