import { describe, expect, it } from 'vitest';
import { createAccessStates } from '../../../../../src/datasources/valkey/connections/access-state.js';

/** The access states of one cluster, and the reports about them. */
function reportedStates() {
  const states = createAccessStates();
  const reported: string[] = [];
  states.onChange(({ state }) => reported.push(state));
  return { states, reported };
}
const who = { username: null, tls: false };

describe('the access to a cluster', () => {
  it('is reported once if two concurrent attempts end in the same way', () => {
    const { states, reported } = reportedStates();
    const ends = [states.attempt('a', who), states.attempt('a', who)];
    for (const end of ends) end({ state: 'FAILED', error: 'refused' });
    expect(reported).toEqual(['FAILED']);
    const later = [states.attempt('a', who), states.attempt('a', who)];
    for (const end of later) end({ state: 'CONNECTED' });
    expect(reported).toEqual(['FAILED', 'CONNECTED']);
  });

  it('is compared with the access before the attempt, even if it was set meanwhile', () => {
    const { states, reported } = reportedStates();
    states.set('a', { state: 'FAILED' });
    const { since } = states.get('a');
    const end = states.attempt('a', who);
    expect(states.get('a').state).toBe('CONNECTING');
    states.set('a', { state: 'FAILED', error: 'other words' });
    end({ state: 'FAILED', error: 'more words' });
    expect(reported).toEqual(['FAILED']);
    expect(states.get('a')).toMatchObject({ state: 'FAILED', error: 'more words', since });
  });

  it('is not reported if the cluster is forgotten during the attempt, since there was none before', () => {
    const { states, reported } = reportedStates();
    states.attempt('a', who);
    states.forget('a');
    expect(states.get('a').state).toBe('DISCONNECTED');
    expect(reported).toEqual([]);
  });
});
