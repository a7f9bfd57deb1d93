/** Installs Debian's (or Ubuntu's) packages, as root. Started by hand only: nothing is left running. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

export function mayInstallPackages(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

export function installPackages({
  packages,
  backports,
}: {
  packages: string[];
  backports?: boolean;
}): boolean {
  if (!apt(['update', '-q'])) return false;
  const suite = backports && !isKnown(packages[0]!) ? addBackports() : undefined;
  return apt(['install', '-qy', '--no-install-recommends', ...(suite ? ['-t', suite] : []), ...packages]);
}

function isKnown(name: string): boolean {
  const { stdout } = spawnSync('apt-cache', ['policy', name], { encoding: 'utf8' });
  return /Candidate: (?!\(none\))/.test(stdout);
}

/** Debian gives backports the priority 100: nothing is taken from there that was not asked for. */
function addBackports(): string | undefined {
  const [, codename] = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8')) ?? [];
  if (!codename) return undefined;
  const suite = `${codename}-backports`;
  const source = [
    'Types: deb',
    'URIs: http://deb.debian.org/debian',
    `Suites: ${suite}`,
    'Components: main',
    'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg',
  ];
  writeFileSync('/etc/apt/sources.list.d/homepage-backports.sources', `${source.join('\n')}\n`);
  return apt(['update', '-q']) ? suite : undefined;
}

function apt(args: string[]): boolean {
  const result = spawnSync('apt-get', args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    // RUNLEVEL 1: packages do not start their service when they are installed.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  });
  return result.status === 0;
}
