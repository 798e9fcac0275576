import type { Client } from '@urql/core';
import { follow } from '../follow.js';
import { readFragment } from '../graphql.js';
import { part, reporting, showProblem } from '../page.js';
import { run } from '../run.js';
import { Acknowledge, CreateGroup, Extend, Work } from './group-operations.js';
import { openProgress } from './group-progress.js';
import { EntryParts, stream } from './stream.js';
import { workRow } from './work-row.js';

const group = 'workers';
/** Unique to this page: subscribers of a group need different names. */
const consumer = `page-${crypto.randomUUID().slice(0, 8)}`;
/** Well within `claimIdleSeconds`, 60 unless the subscription says otherwise. */
const extendEveryMs = 20_000;

/** A worker of a consumer group whose work is done by hand: each entry waits to be acknowledged. */
export function openGroup(client: Client, cluster: string, section: HTMLElement, list: HTMLElement): void {
  const workButton = part(section, '#work', HTMLButtonElement);
  const allButton = part(section, '#acknowledge-all', HTMLButtonElement);
  const count = part(section, '#acknowledged', HTMLOutputElement);
  const progress = part(section, '#progress', HTMLOutputElement);
  const where = { cluster, stream, group };
  const rows = new Map<string, HTMLLIElement>();
  let acknowledged = 0;
  let progressShown = false;
  let stop: (() => void) | undefined;

  const showCounts = () => {
    allButton.disabled = rows.size === 0;
    allButton.textContent = rows.size > 1 ? `Acknowledge all ${rows.size}` : 'Acknowledge all';
    count.textContent = `${acknowledged} acknowledged`;
  };

  const drop = (entryIds: readonly string[]) => {
    for (const entryId of entryIds) {
      rows.get(entryId)?.remove();
      rows.delete(entryId);
    }
    showCounts();
  };

  const acknowledge = (entryIds: string[]) =>
    reporting(section, async () => {
      const { acknowledgeEntries } = await run(client, Acknowledge, { input: { ...where, entryIds } });
      acknowledged += acknowledgeEntries?.acknowledged ?? 0;
      drop(entryIds);
    });

  /**
   * Extends the entries that this worker still processes, so that no other worker claims them, and removes those that it has
   * lost.
   */
  const extend = () =>
    reporting(section, async () => {
      if (rows.size === 0) return;
      const input = { ...where, consumer, entryIds: [...rows.keys()] };
      const { extendEntries } = await run(client, Extend, { input });
      drop(extendEntries?.lost ?? []);
    });

  const start = () => {
    const extending = setInterval(() => void extend(), extendEveryMs);
    const leave = follow(
      client,
      Work,
      { ...where, consumer },
      {
        next({ groupEntries: delivery }) {
          showProblem(section, delivery?.gap ? 'The group was destroyed and has been made again.' : '');
          for (const { entry: masked, claimed, deliveryCount } of delivery?.entries ?? []) {
            const entry = readFragment(EntryParts, masked);
            const row = workRow(entry, { claimed, deliveryCount }, () => acknowledge([entry.entryId]));
            // After a reconnect a worker is given what it had not acknowledged again: one entry, still one row.
            const before = rows.get(entry.entryId);
            if (before) before.replaceWith(row);
            else list.append(row);
            rows.set(entry.entryId, row);
          }
          showCounts();
        },
        problem: (message) => showProblem(section, message),
      },
    );
    return () => {
      clearInterval(extending);
      leave();
    };
  };

  const toggle = async () => {
    if (stop) {
      stop();
      stop = undefined;
    } else {
      await run(client, CreateGroup, { input: { ...where, startAt: '0', ifNotExists: true } });
      if (!progressShown) openProgress(client, where, progress);
      progressShown = true;
      stop = start();
    }
    workButton.setAttribute('aria-pressed', String(stop !== undefined));
    workButton.textContent = stop ? 'Stop working' : 'Start working';
  };

  workButton.addEventListener('click', () => {
    workButton.disabled = true;
    void reporting(section, toggle).finally(() => (workButton.disabled = false));
  });
  allButton.addEventListener('click', () => void acknowledge([...rows.keys()]));
}
