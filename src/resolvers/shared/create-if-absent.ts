import { ExpectedFailure, Outage } from '../../domain/errors.js';

/** The result of a `create…` mutation with `ifNotExists`. */
export interface Created<Resource> {
  readonly resource: Resource;
  /** False if it already existed. */
  readonly created: boolean;
}

interface Creation<Resource> {
  readonly ifNotExists: boolean;
  /** Names the resource in messages, e.g. `User alice`. */
  readonly label: string;
  /** The path of the input field with its name. */
  readonly path: readonly string[];
  readonly find: () => Promise<Resource | null>;
  readonly create: () => Promise<Resource>;
}

/**
 * Creates a resource or, with `ifNotExists`, finds the existing one: before the creation, and after it if another client was faster.
 * If the answer to the creation was lost, it looks again and creates a second time only if the resource does not exist.
 * @throws ExpectedFailure ALREADY_EXISTS without `ifNotExists`; INVALID_STATE if the existing resource is being deleted or failed
 */
export async function createIfAbsent<Resource extends object>(
  creation: Creation<Resource>,
): Promise<Created<Resource>> {
  const existing = creation.ifNotExists ? await findUsable(creation) : null;
  if (existing) return { resource: existing, created: false };
  try {
    return { resource: await creation.create(), created: true };
  } catch (error) {
    if (creation.ifNotExists && error instanceof Outage && error.code === 'UNKNOWN_OUTCOME') {
      const known = await findUsable(creation).catch((unseen: unknown) => {
        throw unseen instanceof ExpectedFailure ? unseen : error;
      });
      return { resource: known ?? (await createAgain(creation)), created: true };
    }
    const lostRace = creation.ifNotExists && error instanceof ExpectedFailure && error.code === 'ALREADY_EXISTS';
    const winner = lostRace ? await findUsable(creation) : null;
    if (winner) return { resource: winner, created: false };
    throw error;
  }
}

/** The first creation may take effect late: then the second is refused, and the resource found. */
async function createAgain<Resource extends object>(creation: Creation<Resource>): Promise<Resource> {
  try {
    return await creation.create();
  } catch (error) {
    const isThere = error instanceof ExpectedFailure && error.code === 'ALREADY_EXISTS';
    const first = isThere ? await findUsable(creation) : null;
    if (first) return first;
    throw error;
  }
}

/** @throws ExpectedFailure INVALID_STATE if the resource is being deleted or could not be created */
async function findUsable<Resource extends object>({ find, label, path }: Creation<Resource>) {
  const resource = await find();
  const status = resource && 'status' in resource ? resource.status : undefined;
  if (status === 'DELETING') {
    throw new ExpectedFailure('INVALID_STATE', `${label} is being deleted. Try again once it no longer exists.`, {
      path,
    });
  }
  if (status === 'CREATE_FAILED') {
    const message = `${label} exists, but could not be created (CREATE_FAILED). Delete it, then create it again.`;
    throw new ExpectedFailure('INVALID_STATE', message, { path });
  }
  return resource;
}
