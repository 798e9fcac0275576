import type { GeoPosition } from '../../../../domain/key/geo.js';
import { ExpectedFailure } from '../../../../domain/errors.js';
import { CommandError } from '../../command-error.js';
import type { Argument, Reply } from '../../interfaces.js';
import { bytesOf, listOf, numberOf } from '../../replies.js';
import { expectedFailure, sendCommand } from '../expected-failure.js';
import type { SortedSet } from './sorted-set.js';

export interface GeoMatch {
  readonly value: Buffer;
  readonly position: GeoPosition;
  /** In the unit of the search. */
  readonly distance: number;
}

/** A member, or a position that need not be one of a member. */
export type GeoCenter = { readonly member: Buffer; readonly path: readonly string[] } | GeoPosition;

export interface GeoSearch {
  readonly center: GeoCenter;
  readonly radius: number;
  /** Valkey's name of the unit. */
  readonly unit: string;
  readonly count: number;
}

/** Positions in the order of the members, null for each that is missing. */
export async function readPositions(
  { commands, name: key }: SortedSet,
  members: readonly Buffer[],
): Promise<(GeoPosition | null)[]> {
  const reply = listOf(await sendCommand(commands, { args: ['GEOPOS', key, ...members], key }));
  return reply.map((position) => (position === null ? null : positionOf(position)));
}

/** The reply for a member that is missing in the center, before and since Valkey 9. The latter repeats the member. */
const noSuchMember = /could not decode|^ERR member .* does not exist$/is;

/**
 * The members within a circle, nearest first.
 * @throws ExpectedFailure NOT_FOUND if the member in the center is missing
 */
export async function searchNear({ commands, name: key }: SortedSet, search: GeoSearch): Promise<GeoMatch[]> {
  const { center, radius, unit, count } = search;
  const from: readonly Argument[] =
    'member' in center
      ? ['FROMMEMBER', center.member]
      : ['FROMLONLAT', String(center.longitude), String(center.latitude)];
  const options = ['BYRADIUS', String(radius), unit, 'ASC', 'COUNT', String(count), 'WITHCOORD', 'WITHDIST'];
  try {
    const reply = await commands.send({ args: ['GEOSEARCH', key, ...from, ...options], key });
    return listOf(reply).map(matchOf);
  } catch (error) {
    if ('member' in center && error instanceof CommandError && noSuchMember.test(error.message)) {
      throw new ExpectedFailure('NOT_FOUND', 'The sorted set has no such member, so it cannot be the center.', {
        path: center.path,
        upstreamCode: error.prefix,
        cause: error,
      });
    }
    throw expectedFailure(error);
  }
}

function matchOf(reply: Reply): GeoMatch {
  const [value, distance, position] = listOf(reply);
  return { value: bytesOf(value), distance: numberOf(distance), position: positionOf(position) };
}

function positionOf(reply: Reply | undefined): GeoPosition {
  const [longitude, latitude] = listOf(reply);
  return { longitude: numberOf(longitude), latitude: numberOf(latitude) };
}
