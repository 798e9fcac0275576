import { CreateReplicationGroup$, CreateUserGroup$, DescribeEvents$ } from '@aws-sdk/client-elasticache';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeInput } from '../../../../src/local-elasticache/wire/decode.js';
import { AwsFault } from '../../../../src/local-elasticache/wire/fault.js';
import { operationSchemas } from '../../../../src/interop/elasticache-schemas.js';

const decode = (schema: Parameters<typeof decodeInput>[0], query: string) =>
  decodeInput(schema, new URLSearchParams(query));
const group = 'ReplicationGroupId=a&ReplicationGroupDescription=d';

describe('the decoder of AWS Query parameters', () => {
  it('knows the 75 actions of ElastiCache', () => {
    expect(operationSchemas.size).toBe(75);
  });

  it('reads lists under the names of the schema and under "member", in numeric order', () => {
    expect(
      decode(
        CreateReplicationGroup$,
        `${group}&Tags.Tag.2.Key=b&Tags.Tag.2.Value=2&Tags.Tag.1.Key=a&Tags.Tag.1.Value=1&SecurityGroupIds.member.1=sg-1` +
          '&NodeGroupConfiguration.NodeGroupConfiguration.1.Slots=0-16383&NodeGroupConfiguration.NodeGroupConfiguration.1.ReplicaCount=2',
      ),
    ).toMatchObject({
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
      SecurityGroupIds: ['sg-1'],
      NodeGroupConfiguration: [{ Slots: '0-16383', ReplicaCount: 2 }],
    });
    expect(decode(CreateUserGroup$, 'UserGroupId=g&Engine=redis&UserIds=')).toMatchObject({ UserIds: [] });
    const ten = Array.from({ length: 10 }, (_, i) => `UserIds.member.${i + 1}=u${i + 1}`).join('&');
    expect(decode(CreateUserGroup$, `UserGroupId=g&Engine=redis&${ten}`)['UserIds']).toEqual(
      Array.from({ length: 10 }, (_, i) => `u${i + 1}`),
    );
  });

  it('reads times, numbers and booleans', () => {
    expect(decode(DescribeEvents$, 'StartTime=2026-01-02T03:04:05Z&Duration=60')).toEqual({
      StartTime: new Date('2026-01-02T03:04:05Z'),
      Duration: 60,
    });
    expect(decode(CreateReplicationGroup$, `${group}&MultiAZEnabled=True`)).toMatchObject({ MultiAZEnabled: true });
  });

  it.each([
    ['ReplicationGroupId=a', 'MissingParameter', /ReplicationGroupDescription/],
    [`${group}&NumCacheClusters=three`, 'MalformedInput', /NumCacheClusters/],
    [`${group}&NumCacheClusters=3.5`, 'MalformedInput', /NumCacheClusters/],
    [`${group}&NumCacheClusters=99999999999`, 'MalformedInput', /NumCacheClusters/],
    [`${group}&MultiAZEnabled=yes`, 'MalformedInput', /MultiAZEnabled/],
    [`${group}&UserGroupIds=a`, 'MalformedInput', /UserGroupIds/],
    [`${group}&UserGroupIds.member.x=a`, 'MalformedInput', /UserGroupIds/],
    [`${group}&Engine.member.1=a`, 'MalformedInput', /Engine/],
    [`${group}&Engine=%00`, 'InvalidParameterValue', /Engine/],
    [`${group}&Engine=a&Engine=b`, 'MalformedQueryString', /Engine/],
    [`${group}&a.b.c.d.e.f.g.h.i.j.k.l.m=1`, 'MalformedQueryString', /parts/],
  ])('refuses %s with %s', (query, code, message) => {
    expect(() => decode(CreateReplicationGroup$, query)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as Error,
    );
  });

  it('decodes any parameters of any action to an input or a fault', () => {
    const schemas = [...operationSchemas.values()];
    const name = fc.array(fc.constantFrom('UserId', 'member', 'Tag', 'Tags', '1', '__proto__', 'Filters', ''), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...schemas),
        fc.array(
          fc.tuple(
            name.map((parts) => parts.join('.')),
            fc.string(),
          ),
        ),
        (schema, parameters) => {
          try {
            decodeInput(schema, new URLSearchParams(parameters));
          } catch (error) {
            expect(error).toBeInstanceOf(AwsFault);
          }
        },
      ),
    );
    expect(({} as Record<string, unknown>)['member']).toBeUndefined();
  });
});
