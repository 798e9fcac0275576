import type { KeySnapshot } from '../../../datasources/valkey/values/keys/key-snapshot.js';
import {
  readPositions,
  searchNear,
  type GeoCenter,
  type GeoMatch,
} from '../../../datasources/valkey/values/sorted-set/geo.js';
import { decodeBytes, type Encoding } from '../../../domain/encoding.js';
import { invalidInput } from '../../../domain/errors.js';
import { givenField } from '../../../domain/given-field.js';
import { checkPosition, type GeoPosition } from '../../../domain/key/geo.js';
import { checkFirst, decodeList } from '../../shared/checks.js';

interface PositionsArgs {
  readonly members: readonly string[];
  readonly valueEncoding: Encoding;
}

/** Positions in the order of the members, null for each that is missing. */
export async function positions(
  reading: KeySnapshot,
  { members, valueEncoding }: PositionsArgs,
): Promise<(GeoPosition | null)[]> {
  if (members.length === 0) return [];
  return await readPositions(reading, decodeList(members, valueEncoding, ['members']));
}

/** Exactly one of the three. */
interface GeoCenterInput {
  readonly member?: string | null | undefined;
  readonly memberBase64?: string | null | undefined;
  readonly position?: GeoPosition | null | undefined;
}

type DistanceUnit = 'METERS' | 'KILOMETERS' | 'FEET' | 'MILES';

const units: Readonly<Record<DistanceUnit, string>> = { METERS: 'm', KILOMETERS: 'km', FEET: 'ft', MILES: 'mi' };

export interface NearArgs {
  readonly center: GeoCenterInput;
  readonly radius: number;
  readonly unit: DistanceUnit;
  readonly first: number;
}

/** The members within a circle, nearest first. */
export async function near(reading: KeySnapshot, { center, radius, unit, first }: NearArgs): Promise<GeoMatch[]> {
  checkFirst(first);
  if (!(radius >= 0 && Number.isFinite(radius))) throw invalidInput(`Expected 0 or more, got ${radius}.`, ['radius']);
  return await searchNear(reading, { center: centerOf(center), radius, unit: units[unit], count: first });
}

function centerOf(input: GeoCenterInput): GeoCenter {
  givenField(input, ['member', 'memberBase64', 'position'], ['center']);
  const { member, memberBase64, position } = input;
  if (position != null) return checkPosition(position, ['center', 'position']);
  if (member != null) return centerMember(member, 'UTF8', ['center', 'member']);
  return centerMember(memberBase64 ?? '', 'BASE64', ['center', 'memberBase64']);
}

function centerMember(text: string, encoding: Encoding, path: readonly string[]): GeoCenter {
  return { member: decodeBytes(text, encoding, path), path };
}
