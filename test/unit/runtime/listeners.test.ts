import { describe, expect, test, vi } from 'vitest';
import { createListeners } from '../../../src/runtime/listeners.js';

describe('Listeners', () => {
  test('are called with each event in the order in which they were added', () => {
    const calls: string[] = [];
    const listeners = createListeners<[name: string, count: number]>();
    listeners.add((name, count) => calls.push(`first ${name} ${count}`));
    listeners.add((name, count) => calls.push(`second ${name} ${count}`));
    listeners.notify('event', 1);
    listeners.notify('event', 2);
    expect(calls).toEqual(['first event 1', 'second event 1', 'first event 2', 'second event 2']);
  });

  test('are called once if they were added twice, until they are removed', () => {
    const listener = vi.fn();
    const listeners = createListeners();
    const remove = listeners.add(listener);
    listeners.add(listener);
    listeners.notify();
    expect(listener).toHaveBeenCalledTimes(1);
    remove();
    listeners.notify();
    expect(listener).toHaveBeenCalledTimes(1);
  });

  test('that are removed by another listener are not called any more', () => {
    const removed = vi.fn();
    const listeners = createListeners();
    listeners.add(() => removeOther());
    const removeOther = listeners.add(removed);
    listeners.notify();
    expect(removed).not.toHaveBeenCalled();
  });

  test('that are added by another listener are called from the next event on', () => {
    const added = vi.fn();
    const listeners = createListeners();
    listeners.add(() => listeners.add(added));
    listeners.notify();
    expect(added).not.toHaveBeenCalled();
    listeners.notify();
    expect(added).toHaveBeenCalledTimes(1);
  });

  test('are not called after all were removed', () => {
    const listener = vi.fn();
    const listeners = createListeners();
    listeners.add(listener);
    listeners.clear();
    listeners.notify();
    expect(listener).not.toHaveBeenCalled();
  });

  test('that throw end the event, and the caller receives the error', () => {
    const later = vi.fn();
    const listeners = createListeners();
    listeners.add(() => {
      throw new Error('failed');
    });
    listeners.add(later);
    expect(() => listeners.notify()).toThrow('failed');
    expect(later).not.toHaveBeenCalled();
  });
});
