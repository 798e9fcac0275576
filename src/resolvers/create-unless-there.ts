import { ExpectedFailure } from '../domain/errors.js';

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
 * Creates a thing or, where asked for, finds it standing: looks first, and once more where somebody else was faster.
 * @throws ExpectedFailure ALREADY_EXISTS without `ifNotExists`; INVALID_STATE where what stands is being deleted.
 */
export async function createUnlessThere<Thing extends { readonly status: string }>(
  creation: Creation<Thing>,
): Promise<Created<Thing>> {
  const standing = creation.ifNotExists ? await stands(creation) : null;
  if (standing) return { thing: standing, created: false };
  try {
    return { thing: await creation.create(), created: true };
  } catch (error) {
    const lostRace = creation.ifNotExists && error instanceof ExpectedFailure && error.code === 'ALREADY_EXISTS';
    const winner = lostRace ? await stands(creation) : null;
    if (winner) return { thing: winner, created: false };
    throw error;
  }
}

async function stands<Thing extends { readonly status: string }>({ look, what, path }: Creation<Thing>) {
  const thing = await look();
  if (thing?.status !== 'DELETING') return thing;
  throw new ExpectedFailure('INVALID_STATE', `${what} is being deleted. Try again once it is gone.`, { path });
}
