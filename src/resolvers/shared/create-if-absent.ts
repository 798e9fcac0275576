import { ExpectedFailure, Outage } from '../../domain/errors.js';

/** What a `create…` mutation with `ifNotExists` answers. */
export interface Created<Thing> {
  readonly thing: Thing;
  /** False where it stood already. */
  readonly created: boolean;
}

interface Creation<Thing> {
  readonly ifNotExists: boolean;
  /** e.g. `User alice`, for messages. */
  readonly what: string;
  /** Where the input names it. */
  readonly path: readonly string[];
  readonly look: () => Promise<Thing | null>;
  readonly create: () => Promise<Thing>;
}

/**
 * Creates a thing or, where asked for, finds it standing: looks first, and once more where somebody else was faster. Where the
 * answer of a creation was lost it looks again too, and only what is not there is asked for a second time.
 * @throws ExpectedFailure ALREADY_EXISTS without `ifNotExists`; INVALID_STATE if what exists is being deleted, or could not be created.
 */
export async function createIfAbsent<Thing extends { readonly status: string }>(
  creation: Creation<Thing>,
): Promise<Created<Thing>> {
  const existing = creation.ifNotExists ? await findExisting(creation) : null;
  if (existing) return { thing: existing, created: false };
  try {
    return { thing: await creation.create(), created: true };
  } catch (error) {
    if (creation.ifNotExists && error instanceof Outage && error.code === 'UNKNOWN_OUTCOME') {
      const known = await findExisting(creation).catch((unseen: unknown) => {
        throw unseen instanceof ExpectedFailure ? unseen : error;
      });
      return { thing: known ?? (await createAgain(creation)), created: true };
    }
    const lostRace = creation.ifNotExists && error instanceof ExpectedFailure && error.code === 'ALREADY_EXISTS';
    const winner = lostRace ? await findExisting(creation) : null;
    if (winner) return { thing: winner, created: false };
    throw error;
  }
}

/** What was asked for before may come to stand meanwhile: then this is refused, and that found. */
async function createAgain<Thing extends { readonly status: string }>(creation: Creation<Thing>): Promise<Thing> {
  try {
    return await creation.create();
  } catch (error) {
    const isThere = error instanceof ExpectedFailure && error.code === 'ALREADY_EXISTS';
    const first = isThere ? await findExisting(creation) : null;
    if (first) return first;
    throw error;
  }
}

async function findExisting<Thing extends { readonly status: string }>({ look, what, path }: Creation<Thing>) {
  const thing = await look();
  if (thing?.status === 'DELETING') {
    throw new ExpectedFailure('INVALID_STATE', `${what} is being deleted. Try again once it is gone.`, { path });
  }
  if (thing?.status === 'CREATE_FAILED') {
    const message = `${what} exists, but could not be created (CREATE_FAILED). Delete it, then create it again.`;
    throw new ExpectedFailure('INVALID_STATE', message, { path });
  }
  return thing;
}
