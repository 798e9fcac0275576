import { describe, expect, it } from 'vitest';
import type { KeySnapshot } from '../../../../src/datasources/valkey/values/keys/key-snapshot.js';
import type { GeoMatch } from '../../../../src/datasources/valkey/values/sorted-set/geo.js';
import { near } from '../../../../src/resolvers/key/sorted-set/geo.js';
import { commandsDuring, openDataApi, type DataApi } from '../../../helpers/apis/data-api.js';
import { describeServer } from '../../../helpers/valkey/described-cluster.js';
import { startValkey } from '../../../helpers/valkey/valkey.js';

const errors = 'userErrors { code path cause message }';
const palermo = { longitude: 13.361389, latitude: 38.115556 };
const catania = { longitude: 15.087269, latitude: 37.502669 };
const rome = { longitude: 12.496366, latitude: 41.902782 };

async function addCities(api: DataApi): Promise<void> {
  const members = Object.entries({ Palermo: palermo, Catania: catania, Rome: rome });
  await api.mutate('addGeoMembers', `{ added ${errors} }`, {
    key: 'places',
    members: members.map(([value, position]) => ({ value, position })),
  });
}

async function read(api: DataApi, selection: string): Promise<any> {
  return (await api.cluster(`sortedSet(name: "places") { ${selection} }`)).sortedSet;
}

describe('positions', () => {
  it('are added, moved and counted, each member once, under each condition', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const write = (members: readonly object[], condition?: string) =>
      api.mutate('addGeoMembers', `{ added changed key { length } ${errors} }`, { key: 'places', members, condition });
    expect(await write([{ value: 'a', position: palermo }])).toEqual({
      added: 1,
      changed: 0,
      key: { length: 1 },
      userErrors: [],
    });
    const both = [
      { value: 'a', position: catania },
      { value: 'b', position: rome },
      { value: 'b', position: palermo },
    ];
    expect(await write(both, 'IF_ABSENT')).toMatchObject({ added: 1, changed: 0, key: { length: 2 } });
    const positions = 'positions(members: ["a", "b"]) { longitude latitude }';
    const close = ({ longitude, latitude }: typeof palermo) => ({
      longitude: expect.closeTo(longitude, 4) as number,
      latitude: expect.closeTo(latitude, 4) as number,
    });
    expect((await read(api, positions)).positions).toEqual([close(palermo), close(rome)]);
    expect(await write([...both, { value: 'new', position: rome }], 'IF_PRESENT')).toMatchObject({
      added: 0,
      changed: 2,
    });
    expect((await read(api, positions)).positions).toEqual([close(catania), close(palermo)]);
    expect(await write(both)).toMatchObject({ added: 0, changed: 0, key: { length: 2 } });
  });

  it('are read in the order of the members, null for each that is missing', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await addCities(api);
    const set = await read(
      api,
      `positions(members: ["Rome", "none", "Palermo", "Rome"]) { latitude }
       bytes: positions(members: ["526f6d65"], valueEncoding: HEX) { longitude }
       none: positions(members: []) { longitude } missing: positions(members: ["x", "y"]) { longitude }`,
    );
    const [first, none, second, again] = set.positions;
    expect([first.latitude, second.latitude]).toEqual([expect.closeTo(41.9027, 3), expect.closeTo(38.1155, 3)]);
    expect([none, again]).toEqual([null, first]);
    expect(set).toMatchObject({
      bytes: [{ longitude: expect.closeTo(12.4963, 3) as number }],
      none: [],
      missing: [null, null],
    });
  });

  it('near a member or a position are found nearest first, up to `first`, in each unit', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await addCities(api);
    const all = 'value position { longitude latitude } distance';
    const at = `position: { longitude: 15, latitude: 37 }`;
    const set = await read(
      api,
      `around: near(center: { ${at} }, radius: 200, unit: KILOMETERS) { ${all} }
       meters: near(center: { ${at} }, radius: 200000, first: 1) { value distance }
       feet: near(center: { ${at} }, radius: 656168, unit: FEET, first: 1) { distance }
       miles: near(center: { ${at} }, radius: 125, unit: MILES) { distance }
       member: near(center: { member: "Palermo" }, radius: 1000, unit: KILOMETERS) { value distance }
       base64: near(center: { memberBase64: "${Buffer.from('Rome').toString('base64')}" }, radius: 0) { value distance }
       earth: near(center: { position: { longitude: -100, latitude: -50 } }, radius: 1.7e308, unit: MILES) { value distance }
       nothing: near(center: { position: { longitude: -100, latitude: -50 } }, radius: 1) { value }`,
    );
    expect(set.around).toEqual([
      {
        value: 'Catania',
        position: { longitude: expect.closeTo(15.0872, 3) as number, latitude: expect.closeTo(37.5026, 3) as number },
        distance: expect.closeTo(56.44, 1) as number,
      },
      expect.objectContaining({ value: 'Palermo', distance: expect.closeTo(190.44, 1) as number }),
    ]);
    expect(set).toMatchObject({
      meters: [{ value: 'Catania', distance: expect.closeTo(56_441, -1) as number }],
      feet: [{ distance: expect.closeTo(185_173, -2) as number }],
      miles: [{ distance: expect.closeTo(35.07, 1) as number }, { distance: expect.closeTo(118.33, 1) as number }],
      base64: [{ value: 'Rome', distance: 0 }],
      nothing: [],
    });
    expect(set.earth).toHaveLength(3);
    expect(set.earth).toEqual(set.earth.toSorted((a: GeoMatch, b: GeoMatch) => a.distance - b.distance));
    expect(set.member.map(({ value }: { value: string }) => value)).toEqual(['Palermo', 'Catania', 'Rome']);
  });

  it('are refused outside of the range that a sorted set can hold, before anything is sent', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await addCities(api);
    const valid = [
      { longitude: 180, latitude: 85.05112878 },
      { longitude: -180, latitude: -85.05112878 },
      { longitude: -0, latitude: 1e-7 },
    ];
    const members = valid.map((position, at) => ({ value: `edge${at}`, position }));
    expect(await api.mutate('addGeoMembers', `{ added ${errors} }`, { key: 'edges', members })).toEqual({
      added: 3,
      userErrors: [],
    });
    const invalid = [
      [{ longitude: 180.0001, latitude: 0 }, 'longitude'],
      [{ longitude: -181, latitude: 0 }, 'longitude'],
      [{ longitude: 0, latitude: 85.06 }, 'latitude'],
      [{ longitude: 0, latitude: -90 }, 'latitude'],
    ] as const;
    const sent = await commandsDuring([server], async () => {
      for (const [position, axis] of invalid) {
        const input = {
          key: 'places',
          members: [
            { value: 'a', position: palermo },
            { value: 'b', position },
          ],
        };
        const { userErrors } = await api.mutate('addGeoMembers', `{ ${errors} }`, input);
        const path = ['input', 'members', '1', 'position', axis];
        expect(userErrors).toMatchObject([{ code: 'INVALID_INPUT', path }]);
      }
    });
    expect(sent).toEqual({});
    for (const [{ longitude, latitude }, axis] of invalid) {
      const { errors: failures } = await api.run(`{ cluster(name: "orders") { sortedSet(name: "places") {
        near(center: { position: { longitude: ${longitude}, latitude: ${latitude} } }, radius: 1) { value } } } }`);
      const inputPath = ['center', 'position', axis];
      expect(failures?.[0]?.originalError).toMatchObject({ code: 'INVALID_INPUT', inputPath });
    }
  });

  it('refuse a wrong center, radius and `first`, and name a missing member', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await addCities(api);
    const refused: readonly (readonly [args: string, code: string, inputPath: readonly string[]])[] = [
      ['center: { member: "Atlantis" }, radius: 1', 'NOT_FOUND', ['center', 'member']],
      ['center: { memberBase64: "/w==" }, radius: 1', 'NOT_FOUND', ['center', 'memberBase64']],
      ['center: { memberBase64: "*" }, radius: 1', 'INVALID_INPUT', ['center', 'memberBase64']],
      ['center: { member: "Rome" }, radius: -1', 'INVALID_INPUT', ['radius']],
      ['center: { member: "Rome" }, radius: 1, first: 0', 'INVALID_INPUT', ['first']],
      ['center: { member: "Rome" }, radius: 1, first: 1001', 'INVALID_INPUT', ['first']],
    ];
    for (const [args, code, inputPath] of refused) {
      const answer = await api.run(
        `{ cluster(name: "orders") { sortedSet(name: "places") { length near(${args}) { value } } } }`,
      );
      expect(
        answer.errors?.map(({ originalError }) => originalError),
        args,
      ).toMatchObject([{ code, inputPath }]);
      expect(answer.data.cluster.sortedSet).toEqual({ length: 3, near: null });
    }
    const outside = await api.run(
      '{ cluster(name: "orders") { sortedSet(name: "places") { near(center: { member: "Rome" }, radius: 1e999) { value } } } }',
    );
    expect(outside.errors).toHaveLength(1);
  });

  it('refuse a center that names two places or none, also if the executor does not', async () => {
    const nothing = {} as KeySnapshot;
    for (const center of [
      {},
      { member: null },
      { member: 'a', memberBase64: 'YQ==' },
      { member: 'a', position: rome },
    ]) {
      await expect(near(nothing, { center, radius: 1, unit: 'METERS', first: 1 })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        inputPath: ['center'],
      });
    }
    const radius = Infinity;
    await expect(near(nothing, { center: { member: 'a' }, radius, unit: 'METERS', first: 1 })).rejects.toMatchObject({
      inputPath: ['radius'],
    });
  });

  it('are null with the whole key if it does not exist, and denied alone by the ACL', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* &* +@all -geosearch' } });
    await using api = openDataApi(describeServer(server));
    const all = 'length positions(members: ["a"]) { latitude } near(center: { member: "a" }, radius: 1) { value }';
    expect(await api.cluster(`key(name: "places") { ... on SortedSetKey { ${all} } }`)).toEqual({ key: null });
    await addCities(api);
    const answer = await api.run(`{ cluster(name: "orders") { sortedSet(name: "places") { ${all} } } }`);
    expect(answer.data.cluster.sortedSet).toEqual({ length: 3, positions: [null], near: null });
    expect(answer.errors?.map(({ originalError }) => originalError)).toMatchObject([{ code: 'PERMISSION_DENIED' }]);
  });
});
