import { CommandError } from '../../command-error.js';
import type { ReachableNode } from '../../interfaces.js';

/** The text of INFO, parsed. */
export type Info = readonly InfoSection[];

/** A section of INFO under its title, e.g. `Memory`. */
export interface InfoSection {
  readonly name: string;
  readonly entries: readonly InfoEntry[];
}

export interface InfoEntry {
  readonly name: string;
  readonly value: string;
}

/** Stands for the sections of INFO without arguments. */
export const defaultSections = 'default';

/** Sections that INFO without arguments has. They need not be named beside `default`. */
const withinDefault = new Set(['server', 'clients', 'memory', 'persistence', 'stats', 'replication', 'cpu', 'cluster']);

/** Sections that INFO has only if they are named. */
export const onlyIfNamed: ReadonlySet<string> = new Set(['commandstats', 'latencystats', 'debug']);

/**
 * Reads the sections of INFO, or more, with one command. Before Redis 7, INFO accepts a single section; it is then asked for everything.
 * Rejects like `ReachableNode.send`.
 */
export async function readInfo(node: Pick<ReachableNode, 'send'>, sections: Iterable<string>): Promise<Info> {
  const wanted = new Set(sections);
  const hasDefault = wanted.has(defaultSections);
  const named = [...wanted].filter((name) => !hasDefault || (name !== defaultSections && !withinDefault.has(name)));
  const args = hasDefault && named.length > 0 ? [defaultSections, ...named] : named;
  try {
    return parseInfo(textOfInfo(await node.send(['INFO', ...args])));
  } catch (error) {
    if (!(error instanceof CommandError) || error.prefix !== 'ERR' || args.length < 2) throw error;
    return parseInfo(textOfInfo(await node.send(['INFO', 'everything'])));
  }
}

function textOfInfo(reply: unknown): string {
  return Buffer.isBuffer(reply) ? reply.toString('utf8') : String(reply);
}

/** Parses the text of INFO. Lines before the first title belong to a section without a name. */
export function parseInfo(text: string): Info {
  const sections: { name: string; entries: InfoEntry[] }[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#')) {
      sections.push({ name: line.slice(1).trim(), entries: [] });
      continue;
    }
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    if (sections.length === 0) sections.push({ name: '', entries: [] });
    sections.at(-1)?.entries.push({ name: line.slice(0, colon), value: line.slice(colon + 1) });
  }
  return sections;
}

/** The values of INFO by name. The names of most sections are distinct. */
export interface InfoFacts {
  text(name: string): string | undefined;
  /** The number; undefined if the server does not report it. */
  number(name: string): number | undefined;
}

export function factsOfInfo(info: Info): InfoFacts {
  const values = new Map(
    info.flatMap(({ entries }) => entries.map(({ name, value }) => [name, value.trim()] as const)),
  );
  return {
    text: (name) => values.get(name),
    number(name) {
      const text = values.get(name);
      const number = text === undefined || text === '' ? Number.NaN : Number(text);
      return Number.isFinite(number) ? number : undefined;
    },
  };
}
