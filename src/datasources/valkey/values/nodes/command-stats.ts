import type { Info } from './info.js';

/** The use of one command since the node started, or since CONFIG RESETSTAT. */
export interface CommandStat {
  /** e.g. `get`, or `config|get` for a subcommand. */
  readonly command: string;
  readonly calls: number;
  readonly totalMicroseconds: number;
  readonly microsecondsPerCall: number;
  readonly failedCalls: number;
  readonly rejectedCalls: number;
}

const prefix = 'cmdstat_';

/** The commands of INFO's section `commandstats`, those that took the most time first. */
export function commandStatsOf(info: Info): readonly CommandStat[] {
  const lines = info.flatMap(({ entries }) => entries.filter(({ name }) => name.startsWith(prefix)));
  return lines
    .map(({ name, value }): CommandStat => {
      const facts = new Map(value.split(',').map((fact) => pairOf(fact)));
      const number = (fact: string): number => {
        const parsed = Number(facts.get(fact));
        return Number.isFinite(parsed) ? parsed : 0;
      };
      return {
        command: name.slice(prefix.length),
        calls: number('calls'),
        totalMicroseconds: number('usec'),
        microsecondsPerCall: number('usec_per_call'),
        failedCalls: number('failed_calls'),
        rejectedCalls: number('rejected_calls'),
      };
    })
    .sort((one, other) => other.totalMicroseconds - one.totalMicroseconds || (one.command < other.command ? -1 : 1));
}

function pairOf(fact: string): readonly [string, string] {
  const at = fact.indexOf('=');
  return [fact.slice(0, at), fact.slice(at + 1)];
}
