import { CreateUser$, CreateUserMessage$, UserNotFoundFault$ } from '@aws-sdk/client-elasticache';
import { NormalizedSchema } from '@smithy/core/schema';
import { describe, expect, test } from 'vitest';
import { toXml } from '../../../src/interop/aws-xml.js';
import {
  errorIdentity,
  operationSchemas,
  requiredMembers,
  shapesOf,
  structureSchema,
  textSchema,
} from '../../../src/interop/elasticache-schemas.js';

describe("The AWS SDK's runtime schemas", () => {
  test('are exported for all 75 actions of ElastiCache, by name', () => {
    expect(operationSchemas.size).toBe(75);
    expect(operationSchemas.get('CreateUser')).toBe(CreateUser$);
  });

  test('name the input and the output of an action', () => {
    const { name, input, output } = shapesOf(CreateUser$);
    expect(name).toBe('CreateUser');
    expect(NormalizedSchema.of(input).getName()).toBe('CreateUserMessage');
    expect(NormalizedSchema.of(output).getName()).toBe('User');
  });

  test('say which members a structure requires', () => {
    expect([...requiredMembers(NormalizedSchema.of(CreateUserMessage$))].sort()).toEqual([
      'AccessString',
      'Engine',
      'UserId',
      'UserName',
    ]);
    expect(requiredMembers(NormalizedSchema.of(textSchema))).toEqual([]);
  });

  test('contain the code and the status of an error on the wire', () => {
    expect(errorIdentity(UserNotFoundFault$)).toEqual({ code: 'UserNotFound', status: 404 });
  });
});

test('the XML serializer of the AWS SDK writes texts, lists, times and namespaces as AWS does', () => {
  const { output } = shapesOf(operationSchemas.get('DescribeEvents')!);
  const schema = structureSchema('DescribeEventsResponse', { DescribeEventsResult: output, RequestId: textSchema });
  const value = {
    DescribeEventsResult: { Marker: 'a<&', Events: [{ Message: 'm', Date: new Date('2026-01-02T03:04:05Z') }] },
    RequestId: '1',
  };
  expect(toXml(schema, value, 'http://example.test/')).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<DescribeEventsResponse xmlns="http://example.test/"><DescribeEventsResult>' +
      '<Marker>a&lt;&amp;</Marker><Events><Event><Message>m</Message><Date>2026-01-02T03:04:05Z</Date></Event></Events>' +
      '</DescribeEventsResult><RequestId>1</RequestId></DescribeEventsResponse>',
  );
});
