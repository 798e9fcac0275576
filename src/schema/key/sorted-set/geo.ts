import type { GeoMatch } from '../../../datasources/valkey/values/sorted-set/geo.js';
import { encodeBytes } from '../../../domain/encoding.js';
import type { GeoPosition } from '../../../domain/key/geo.js';
import { near, positions } from '../../../resolvers/key/sorted-set/geo.js';
import { builder } from '../../builder.js';
import { valueEncodingArgument, valueEncodingArgumentOf } from '../../shared/encoding.js';
import { guardedByParent } from '../../shared/scopes.js';
import { furtherField } from '../further-reads.js';
import { SortedSetKeyRef } from './sorted-set-key.js';

const GeoPositionRef = builder.objectRef<GeoPosition>('GeoPosition').implement({
  extensions: guardedByParent('keys:read'),
  description: 'A position on the earth, as exact as a score of 52 bits: to less than a meter.',
  fields: (t) => ({
    longitude: t.exposeFloat('longitude', { nullable: false, description: 'Degrees east of Greenwich.' }),
    latitude: t.exposeFloat('latitude', { nullable: false, description: 'Degrees north of the equator.' }),
  }),
});

const GeoMatchRef = builder.objectRef<GeoMatch>('GeoMatch').implement({
  extensions: guardedByParent('keys:read'),
  description: 'A member that was found by its position.',
  fields: (t) => ({
    value: t.string({
      description: 'The member; null if its bytes are not valid in `valueEncoding`.',
      args: valueEncodingArgument,
      resolve: ({ value }, { valueEncoding }) => encodeBytes(value, valueEncoding),
    }),
    position: t.field({
      type: GeoPositionRef,
      nullable: false,
      description: 'The position of the member.',
      resolve: ({ position }) => position,
    }),
    distance: t.exposeFloat('distance', {
      nullable: false,
      description: 'The distance from the center, in the unit of the search.',
    }),
  }),
});

const DistanceUnitEnum = builder.enumType('DistanceUnit', {
  description: 'The unit of a radius and of distances.',
  values: {
    METERS: { description: 'Meters.' },
    KILOMETERS: { description: 'Kilometers.' },
    FEET: { description: 'Feet, 0.3048 meters each.' },
    MILES: { description: 'Miles, about 1609.34 meters each.' },
  } as const,
});

export const GeoPositionInputRef = builder.inputType('GeoPositionInput', {
  description: 'A position on the earth. A sorted set cannot hold positions close to the poles.',
  fields: (t) => ({
    longitude: t.float({ required: true, description: 'Degrees east of Greenwich, -180 to 180.' }),
    latitude: t.float({ required: true, description: 'Degrees north of the equator, -85.05112878 to 85.05112878.' }),
  }),
});

const GeoCenterInputRef = builder.inputType('GeoCenterInput', {
  description:
    'The center of a circle: exactly one of the fields. A member that the sorted set does not have is NOT_FOUND.',
  isOneOf: true,
  fields: (t) => ({
    member: t.string({ description: 'The position of this member, which is written in UTF-8.' }),
    memberBase64: t.string({ description: 'The position of this member, which is written in Base64.' }),
    position: t.field({ type: GeoPositionInputRef, description: 'A position that need not be one of a member.' }),
  }),
});

builder.objectFields(SortedSetKeyRef, (t) => ({
  positions: t.field({
    type: [GeoPositionRef],
    nullable: { list: true, items: true },
    description:
      'The positions of members that `addGeoMembers` added, in the order of `members`, null for each that is missing (GEOPOS). Scores that ' +
      'are not positions are shown as positions, too.',
    args: {
      members: t.arg.stringList({ required: true, description: 'The members, at most 1000. They may repeat.' }),
      ...valueEncodingArgumentOf('The encoding of the members.'),
    },
    resolve: furtherField('SORTED_SET', 'positions', positions),
  }),
  near: t.field({
    type: [GeoMatchRef],
    nullable: { list: true, items: false },
    description: 'The members within a circle, nearest first (GEOSEARCH).',
    args: {
      center: t.arg({ type: GeoCenterInputRef, required: true, description: 'The center of the circle.' }),
      radius: t.arg.float({ required: true, description: 'The radius of the circle, 0 or more.' }),
      unit: t.arg({
        type: DistanceUnitEnum,
        required: true,
        defaultValue: 'METERS',
        description: 'The unit of the radius and of the distances in the result.',
      }),
      first: t.arg.int({ required: true, defaultValue: 50, description: 'The most members to return, 1 to 1000.' }),
    },
    resolve: furtherField('SORTED_SET', 'near', near),
  }),
}));
