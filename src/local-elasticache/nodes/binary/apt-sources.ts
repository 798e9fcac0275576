/** Selects the apt sources of the distribution on this machine, and adds the suite that Valkey requires. */

export interface Distribution {
  /** e.g. `bookworm` */
  readonly codename: string;
}

export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

interface Selected {
  /** Stanzas of `.sources` files, with the order of fields and continuation lines preserved. */
  readonly stanzas: readonly (readonly [field: string, value: string])[][];
  readonly lines: readonly string[];
}

/** Suites with packages. Security updates are skipped: their mirror has no such packages, and its list costs time. */
const pockets = ['', '-updates', '-backports'];
/** Debian 12 has Valkey in its backports only; later releases have it in main. */
const backportsNeeded = new Set(['bookworm']);
const fallback = 'http://deb.debian.org/debian';
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * Selects the machine's own entries for its release, so that mirrors, proxies, keys and options apply, and adds
 * backports from the same mirrors if the release needs them. Entries of third parties are omitted: they cost time and
 * may be broken.
 */
export function selectSources(files: readonly SourceFile[], { codename }: Distribution): Selected {
  const suitesFor = (suites: readonly string[]): string[] => {
    const own = suites.filter((suite) => pockets.some((pocket) => suite === codename + pocket));
    const more = own.includes(codename) && backportsNeeded.has(codename) ? [`${codename}-backports`] : [];
    return [...new Set([...own, ...more])];
  };
  const stanzas = files
    .filter(({ name }) => name.endsWith('.sources'))
    .flatMap(({ text }) => parseStanzas(text))
    .flatMap((stanza) => {
      const suites = suitesFor(words(field(stanza, 'Suites')));
      const enabled = field(stanza, 'Enabled').trim().toLowerCase() !== 'no';
      if (!enabled || suites.length === 0 || !words(field(stanza, 'Types')).includes('deb')) return [];
      return [withFields(stanza, { Types: 'deb', Suites: suites.join(' ') })];
    });
  const lines = files
    .filter(({ name }) => name.endsWith('.list'))
    .flatMap(({ text }) => text.split('\n'))
    .flatMap((line) => {
      const [, start, suite = '', components] = /^\s*(deb\s+(?:\[[^\]]*\]\s+)?\S+)\s+(\S+)\s+([^#]+)/.exec(line) ?? [];
      if (!start || !components) return [];
      return suitesFor([suite]).map((selected) => `${start} ${selected} ${components.trim()}`);
    });
  if (stanzas.length > 0 || lines.length > 0 || !backportsNeeded.has(codename)) return { stanzas, lines };
  return {
    stanzas,
    lines: suitesFor([codename]).map((suite) => `deb [signed-by=${keyring}] ${fallback} ${suite} main`),
  };
}

/** Renders the selection in the two file formats of apt. */
export function renderSources({ stanzas, lines }: Selected): { deb822: string; oneLine: string } {
  const deb822 = stanzas.map((stanza) => stanza.map(([name, value]) => `${name}:${value}`).join('\n')).join('\n\n');
  return { deb822: `${deb822}\n`, oneLine: `${[...new Set(lines)].join('\n')}\n` };
}

type Stanza = [field: string, value: string][];

function parseStanzas(text: string): Stanza[] {
  const stanzas: Stanza[] = [[]];
  for (const line of text.split('\n').filter((candidate) => !candidate.startsWith('#'))) {
    const current = stanzas.at(-1);
    const last = current?.at(-1);
    const [, name, value = ''] = /^([A-Za-z-]+):(.*)$/.exec(line) ?? [];
    if (line.trim() === '') stanzas.push([]);
    else if (name) current?.push([name, value]);
    else if (last) last[1] += `\n${line}`;
  }
  return stanzas.filter((stanza) => stanza.length > 0);
}

function field(stanza: Stanza, name: string): string {
  return stanza.find(([candidate]) => candidate.toLowerCase() === name.toLowerCase())?.[1] ?? '';
}

function withFields(stanza: Stanza, values: Readonly<Record<string, string>>): Stanza {
  return stanza.map(([name, value]) => [name, values[name] === undefined ? value : ` ${values[name]}`]);
}

function words(value: string): string[] {
  return value.split(/\s+/).filter(Boolean);
}
