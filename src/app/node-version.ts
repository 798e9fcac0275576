const oldest = [20, 11] as const;

/** Exits with an explanation if this version of Node.js is too old. */
export function checkNodeVersion(version: string = process.versions.node): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  process.stderr.write(
    `cachegraph requires Node.js ${oldest.join('.')} or later; this is ${version}. ` +
      'Install a current one from your distribution, https://nodejs.org or a version manager (nvm, fnm, volta).\n',
  );
  process.exit(1);
}
