import { expect } from 'vitest';
import {
  describePeerCases,
  fails,
  invalid,
  reads,
  refuses,
  rejects,
  valkey,
  writes,
  type PeerCase,
} from '../../../helpers/apis/peer-cases.js';

const key = 'barcelona';
const places = {
  place1: { longitude: 2.1909389952632, latitude: 41.433791470673 },
  place2: { longitude: 2.1873744593677, latitude: 41.406342043777 },
  place3: { longitude: 2.583333, latitude: 41.316667 },
};
type Place = keyof typeof places;
const members = (...names: Place[]) => names.map((value) => ({ value, position: places[value] }));
const geoadd = (...names: Place[]) =>
  valkey([
    'GEOADD',
    key,
    ...names.flatMap((name) => [String(places[name].longitude), String(places[name].latitude), name]),
  ]);
const near = (args: string, ...names: (string | null)[]) =>
  reads(`sortedSet(name: "barcelona") { near(${args}) { value } }`, { near: names.map((value) => ({ value })) });
const ranked = (...names: Place[]) => valkey(['ZRANGE', key, '0', '-1'], names);

const cases: readonly PeerCase[] = [
  {
    title: 'positions are added as members of a sorted set',
    from: 'redis-py test_geoadd',
    steps: [
      writes(
        'addGeoMembers',
        { key, members: members('place1', 'place2') },
        { added: 2, changed: 0, key: { length: 2 } },
      ),
      valkey(['ZCARD', key], 2),
    ],
  },
  {
    title: 'with IF_ABSENT, only new members are added',
    from: 'redis-py test_geoadd_nx',
    steps: [
      geoadd('place1', 'place2'),
      writes(
        'addGeoMembers',
        { key, members: members('place1', 'place2', 'place3'), condition: 'IF_ABSENT' },
        { added: 1, changed: 0 },
      ),
      valkey(['ZCARD', key], 3),
    ],
  },
  {
    title: 'with IF_PRESENT, no member is added',
    from: 'redis-py test_geoadd_xx',
    steps: [
      geoadd('place1'),
      writes(
        'addGeoMembers',
        { key, members: members('place1', 'place2'), condition: 'IF_PRESENT' },
        { added: 0, changed: 0 },
      ),
      ranked('place1'),
    ],
  },
  {
    title: 'new and moved members are counted apart',
    from: 'redis-py test_geoadd_ch',
    differs: 'The number of changed members (ZADD CH, GEOADD CH)',
    steps: [
      geoadd('place1'),
      writes(
        'addGeoMembers',
        {
          key,
          members: [
            { value: 'place1', position: { ...places.place1, latitude: 31.433791470673 } },
            ...members('place2'),
          ],
        },
        { added: 1, changed: 1 },
      ),
      ranked('place1', 'place2'),
    ],
  },
  {
    title: 'a position needs both coordinates, within the limits of the projection',
    from: 'redis-py test_geoadd_invalid_params',
    steps: [
      rejects('addGeoMembers', { key, members: [{ value: 'x', position: { longitude: 1 } }] }, /latitude/),
      refuses('addGeoMembers', { key, members: [] }, 'INVALID_INPUT', 'input.members'),
      refuses(
        'addGeoMembers',
        { key, members: [{ value: 'x', position: { longitude: 181, latitude: 0 } }] },
        'INVALID_INPUT',
        'input.members.0.position.longitude',
      ),
    ],
  },
  {
    title: 'the distance of two members is read by a search around one of them',
    from: 'redis-py test_geodist, test_geodist_units',
    differs: 'The distance of two members (GEODIST)',
    steps: [
      geoadd('place1', 'place2'),
      ...(
        [
          ['METERS', 4000, 3067.4157],
          ['KILOMETERS', 4, 3.0674],
          ['FEET', 20000, 10063.6998],
          ['MILES', 4, 1.906],
        ] as const
      ).map(([unit, radius, distance]) =>
        reads(
          `sortedSet(name: "barcelona") { near(center: { member: "place1" }, radius: ${radius}, unit: ${unit}) { value distance } }`,
          {
            near: [
              { value: 'place1', distance: 0 },
              { value: 'place2', distance: expect.closeTo(distance, 3) },
            ],
          },
        ),
      ),
    ],
  },
  {
    title: 'positions are read in the order of the question, null for each member that is missing',
    from: 'redis-py test_geopos',
    steps: [
      geoadd('place1', 'place2'),
      reads(
        'sortedSet(name: "barcelona") { positions(members: ["place2", "none", "place1"]) { longitude latitude } }',
        {
          positions: [
            { longitude: expect.closeTo(2.187376320362091, 10), latitude: expect.closeTo(41.40634178640635, 10) },
            null,
            { longitude: expect.closeTo(2.1909382939338684, 10), latitude: expect.closeTo(41.433790281840835, 10) },
          ],
        },
      ),
    ],
  },
  {
    title: 'a key that does not exist is null, not a list of nulls',
    from: 'redis-py test_geopos_no_value',
    differs: 'A key or element that does not exist',
    steps: [reads('sortedSet(name: "barcelona") { positions(members: ["place1", "place2"]) { longitude } }', null)],
  },
  {
    title: 'members are found around a position and around a member, also by bytes that are not text',
    from: 'redis-py test_geosearch',
    differs: 'The order and shape of a geo search',
    steps: [
      geoadd('place1', 'place3'),
      writes(
        'addGeoMembers',
        { key, members: [{ value: '80706c61636532', position: places.place2 }], valueEncoding: 'HEX' },
        { added: 1 },
      ),
      near('center: { position: { longitude: 2.191, latitude: 41.433 } }, radius: 1000', 'place1'),
      reads(
        'sortedSet(name: "barcelona") { near(center: { position: { longitude: 2.187, latitude: 41.406 } }, radius: 1000) { value hex: value(valueEncoding: HEX) } }',
        { near: [{ value: null, hex: '80706c61636532' }] },
      ),
      reads(
        'sortedSet(name: "barcelona") { near(center: { member: "place3" }, radius: 100, unit: KILOMETERS) { value(valueEncoding: HEX) } }',
        { near: [{ value: '706c61636533' }, { value: '80706c61636532' }, { value: '706c61636531' }] },
      ),
      near('center: { memberBase64: "gHBsYWNlMg==" }, radius: 4, unit: KILOMETERS, first: 2', null, 'place1'),
      near('center: { member: "place3" }, radius: 100, unit: KILOMETERS, first: 1', 'place3'),
    ],
  },
  {
    title: 'matches have distance and position, the nearest first',
    from: 'redis-py test_geosearch_member, test_geosearch_sort',
    steps: [
      geoadd('place1', 'place2'),
      near('center: { member: "place1" }, radius: 10', 'place1'),
      near('center: { position: { longitude: 2.191, latitude: 41.433 } }, radius: 3500', 'place1', 'place2'),
      reads(
        'sortedSet(name: "barcelona") { near(center: { member: "place1" }, radius: 4000) { value distance position { longitude latitude } } }',
        {
          near: [
            {
              value: 'place1',
              distance: 0,
              position: { longitude: expect.closeTo(2.1909382939, 9), latitude: expect.closeTo(41.4337902818, 9) },
            },
            {
              value: 'place2',
              distance: expect.closeTo(3067.4157, 3),
              position: { longitude: expect.closeTo(2.1873763204, 9), latitude: expect.closeTo(41.4063417864, 9) },
            },
          ],
        },
      ),
    ],
  },
  {
    title: 'a search needs one center and a radius that is not negative',
    from: 'redis-py test_geosearch_negative',
    steps: [
      geoadd('place1'),
      ...(
        [
          ['radius: 3', /"center".* is required/],
          ['center: {}, radius: 3', /exactly one key/],
          ['center: { member: "place1", position: { longitude: 2, latitude: 1 } }, radius: 3', /exactly one key/],
          ['center: { position: { longitude: 2 } }, radius: 3', /latitude/],
          ['center: { member: "place1" }', /"radius".* is required/],
          ['center: { member: "place1" }, radius: 2, unit: PARSEC', /"PARSEC" does not exist/],
        ] as const
      ).map(([args, message]) => invalid(`sortedSet(name: "barcelona") { near(${args}) { value } }`, message)),
      ...(
        [
          ['center: { member: "place1" }, radius: -1', 'INVALID_INPUT'],
          ['center: { member: "place1" }, radius: 1, first: 0', 'INVALID_INPUT'],
          ['center: { member: "none" }, radius: 1', 'NOT_FOUND'],
        ] as const
      ).map(([args, code]) => fails(`sortedSet(name: "barcelona") { near(${args}) { value } }`, code)),
    ],
  },
];

describePeerCases('positions', cases);
