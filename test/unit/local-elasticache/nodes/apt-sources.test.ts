import { describe, expect, it } from 'vitest';
import { renderSources, selectSources } from '../../../../src/local-elasticache/nodes/binary/apt-sources.js';

const bookworm = { codename: 'bookworm' };
const select = (name: string, text: string, distribution = bookworm) =>
  renderSources(selectSources([{ name, text }], distribution));

describe('the apt sources for Valkey', () => {
  it('adds backports to the mirror that a Debian 12 machine uses, and keeps its key', () => {
    const { deb822 } = select(
      '/etc/apt/sources.list.d/debian.sources',
      [
        'Types: deb deb-src',
        '# a snapshot',
        'URIs: http://mirror.example/debian',
        'Suites: bookworm bookworm-updates',
        'Components: main',
        'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg',
        '',
        'Types: deb',
        'URIs: http://mirror.example/debian-security',
        'Suites: bookworm-security',
        'Components: main',
      ].join('\n'),
    );
    expect(deb822).toBe(
      [
        'Types: deb',
        'URIs: http://mirror.example/debian',
        'Suites: bookworm bookworm-updates bookworm-backports',
        'Components: main',
        'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg',
        '',
      ].join('\n'),
    );
  });

  it('keeps a key that is embedded in the stanza', () => {
    const key = 'Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc=\n -----END PGP PUBLIC KEY BLOCK-----';
    const { deb822 } = select(
      'a.sources',
      `Types: deb\nURIs: http://m/debian\nSuites: bookworm\nComponents: main\n${key}`,
    );
    expect(deb822).toContain(key);
  });

  it('reads the one-line form with its options', () => {
    const { oneLine } = select(
      '/etc/apt/sources.list',
      'deb [arch=amd64 trusted=yes] http://m/debian bookworm main contrib # the mirror\n# deb http://m/debian bookworm main\ndeb-src http://m/debian bookworm main',
    );
    expect(oneLine).toBe(
      'deb [arch=amd64 trusted=yes] http://m/debian bookworm main contrib\n' +
        'deb [arch=amd64 trusted=yes] http://m/debian bookworm-backports main contrib\n',
    );
  });

  it('omits disabled entries and those of third parties', () => {
    const { deb822 } = select(
      'a.sources',
      'Enabled: no\nTypes: deb\nURIs: http://m/debian\nSuites: bookworm\nComponents: main\n\nTypes: deb\nURIs: http://node/\nSuites: nodistro\nComponents: main',
    );
    expect(deb822.trim()).toBe('');
  });

  it("falls back to Debian's own mirror if a Debian 12 machine has none", () => {
    expect(renderSources(selectSources([], bookworm)).oneLine).toContain(
      'http://deb.debian.org/debian bookworm-backports main',
    );
  });

  it('keeps the sources of other releases unchanged', () => {
    const { deb822 } = select(
      'ubuntu.sources',
      'Types: deb\nURIs: http://archive.ubuntu.com/ubuntu/\nSuites: noble noble-updates noble-backports\nComponents: main universe',
      { codename: 'noble' },
    );
    expect(deb822).toContain('Suites: noble noble-updates noble-backports\n');
  });
});
