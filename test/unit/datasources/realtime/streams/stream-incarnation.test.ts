import { describe, expect, it, vi } from 'vitest';
import { createStreamIncarnation } from '../../../../../src/datasources/realtime/streams/stream-incarnation.js';

describe('A stream', () => {
  it('does not count as recreated if a later read overtakes the command that reads its end', () => {
    const stream = createStreamIncarnation();
    const restarted = vi.fn();
    stream.onRestart(restarted);
    stream.saw('1-1', stream.known());
    const asked = stream.known();
    stream.saw('1-2', stream.known());
    stream.compare('1-1', asked);
    expect(restarted).not.toHaveBeenCalled();
    stream.compare('1-1', stream.known());
    expect(restarted).toHaveBeenCalledOnce();
  });

  it('that was recreated is detected once, however many commands are in flight and whatever late replies say', () => {
    const stream = createStreamIncarnation();
    const restarted = vi.fn();
    const undo = stream.onRestart(restarted);
    stream.compare('100-1', stream.known());
    const [one, two] = [stream.known(), stream.known()];
    stream.compare('2-1', one);
    stream.compare('2-1', two);
    stream.saw('101-1', two);
    stream.compare('3-1', stream.known());
    expect(restarted).toHaveBeenCalledOnce();
    expect(stream.known().highest).toBe('3-1');
    stream.compare('0-0', stream.known());
    expect(restarted).toHaveBeenCalledTimes(2);
    undo();
    stream.saw('1-1', stream.known());
    stream.compare('0-0', stream.known());
    expect(restarted).toHaveBeenCalledTimes(2);
  });
});
