import { invalidInput } from '../errors.js';

/** A position on the earth in degrees. */
export interface GeoPosition {
  readonly longitude: number;
  readonly latitude: number;
}

/** A sorted set cannot hold positions that are closer to the poles (EPSG:3785). */
const maxLatitude = 85.05112878;
const maxLongitude = 180;

/** @throws ExpectedFailure INVALID_INPUT at `path` for a position that a sorted set cannot hold */
export function checkPosition(position: GeoPosition, path: readonly string[]): GeoPosition {
  checkDegrees(position.longitude, maxLongitude, [...path, 'longitude']);
  checkDegrees(position.latitude, maxLatitude, [...path, 'latitude']);
  return position;
}

function checkDegrees(degrees: number, limit: number, path: readonly string[]): void {
  if (Math.abs(degrees) <= limit) return;
  throw invalidInput(`Expected degrees from -${limit} to ${limit}, got ${degrees}.`, path);
}
