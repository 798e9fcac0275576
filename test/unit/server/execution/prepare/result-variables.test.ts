import { getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { ChannelDelivery } from '../../../../../src/domain/realtime/delivery.js';
import { anonymous } from '../../../../../src/domain/access/principal.js';
import type { Services } from '../../../../../src/resolvers/shared/context.js';
import { schema } from '../../../../../src/schema/schema.js';
import { createSharedOperations } from '../../../../../src/server/delivery/shared-operation.js';
import { createPipeline } from '../../../../../src/server/execution/pipeline.js';
import { resultVariables } from '../../../../../src/server/execution/prepare/result-variables.js';
import { principal } from '../../../../helpers/access/principals.js';
import { testLog } from '../../../../helpers/run/test-log.js';

const chat = `subscription Chat($after: StreamId, $member: String!, $e: Encoding! = UTF8, $short: Boolean!, $cluster: String!) {
  ...Messages
}
fragment Messages on Subscription {
  channelMessages(cluster: $cluster, channels: ["a"], history: 1, after: $after, encoding: $e, presence: { member: $member }) {
    messages { payload(valueEncoding: $e) json @skip(if: $short) }
  }
}`;

function namesIn(query: string): ReadonlySet<string> {
  const document = parse(query);
  return resultVariables(schema, document, getOperationAST(document)!);
}

describe('The variables that a result depends on', () => {
  it('are those of the selection and of directives, without those that only choose the events', () => {
    expect(namesIn(chat)).toEqual(new Set(['e', 'short']));
  });

  it('are all variables if the field declares no source arguments', () => {
    const query = 'query ($name: String!) { cluster(name: $name) { name } }';
    expect(namesIn(query)).toEqual(new Set(['name']));
  });

  it('let all subscribers share one rendered event, whatever member name each has given', async () => {
    const log = testLog();
    const services = { controlPlane: { revision: () => 0 } } as unknown as Services;
    const pipeline = createPipeline({ schema, services, log });
    const shared = createSharedOperations(log);
    const groupOf = (member: string, e = 'UTF8') => {
      const prepared = pipeline.prepare(
        { query: chat, variables: { member, e, short: false, cluster: 'orders' } },
        anonymous,
      );
      if ('errors' in prepared) throw prepared.errors[0]!;
      return shared(prepared, principal(member));
    };
    const message = { channel: Buffer.from('a'), payload: Buffer.from('hi'), receivedAt: new Date() };
    const event: ChannelDelivery = { messages: [message], gap: null };
    const groups = Array.from({ length: 1000 }, (_, at) => groupOf(`member-${at}`));
    const bytes = groups.map((group) => group.render(event));
    expect(new Set(bytes).size).toBe(1);
    expect(String(await bytes[0])).toContain('"hi"');
    expect(String(await groupOf('hex', 'HEX').render(event))).toContain('"6869"');
  });
});
