/** What of node_modules an image gets: what its programs depend on, as package-lock.json says, and nothing of the tools. */

/** What is read of an entry of the lockfile. */
type Entry = {
  version?: string;
  link?: boolean;
  resolved?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  os?: string[];
  cpu?: string[];
  libc?: string[];
};

export type Lockfile = { packages: Record<string, Entry> };

/** As npm names it: process.arch of where it will run. */
export type Machine = { cpu: 'x64' | 'arm64' };

/** Programs: the paths of workspaces. Packages: the paths of what lies in node_modules. */
export type Needed = { workspaces: string[]; packages: string[] };

/**
 * @param programs paths of workspaces, such as apps/api
 * @throws Error when the lockfile lacks something that is needed
 */
export function neededBy(programs: string[], { packages }: Lockfile, machine: Machine): Needed {
  const seen = new Set<string>();
  const waiting = [...programs];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    const entry = packages[path];
    if (!entry) throw new Error(`package-lock.json has no ${path}`);
    seen.add(path);
    for (const [name, optional] of namesIn(entry)) {
      const found = find(name, path, packages);
      if (found === undefined && optional) continue;
      if (found === undefined) throw new Error(`package-lock.json has no ${name}, which ${path} needs`);
      const { link, resolved } = packages[found]!;
      if (runsOn(packages[found]!, machine)) waiting.push(link ? resolved! : found);
    }
  }
  const all = [...seen].toSorted();
  return {
    workspaces: all.filter((path) => !path.includes('node_modules/')),
    packages: all.filter((path) => path.includes('node_modules/')),
  };
}

/** Those that only some machines have, by the package that asks for them: `sharp` → its libraries for each system. */
export function onlySomewhere({ packages }: Lockfile): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [path, entry] of Object.entries(packages)) {
    const names = Object.keys(entry.optionalDependencies ?? {});
    const some = names.filter((name) => packages[find(name, path, packages) ?? '']?.cpu !== undefined);
    if (some.length > 0) found.set(path, some);
  }
  return found;
}

/** Each with whether it may be missing. Peers that are there are loaded, too. */
function namesIn({ dependencies, optionalDependencies, peerDependencies }: Entry): [string, boolean][] {
  return [
    ...Object.keys(dependencies ?? {}).map((name): [string, boolean] => [name, false]),
    ...Object.keys(optionalDependencies ?? {}).map((name): [string, boolean] => [name, true]),
    ...Object.keys(peerDependencies ?? {}).map((name): [string, boolean] => [name, true]),
  ];
}

/** As Node looks for it: beside the package, then in each node_modules above. */
function find(name: string, from: string, packages: Lockfile['packages']): string | undefined {
  const folders = from.split('/');
  for (let length = folders.length; length >= 0; length--) {
    if (folders[length - 1] === 'node_modules') continue;
    const path = [...folders.slice(0, length), 'node_modules', name].join('/');
    if (packages[path]) return path;
  }
  return undefined;
}

function runsOn({ os, cpu, libc }: Entry, machine: Machine): boolean {
  return (
    (os?.includes('linux') ?? true) &&
    (cpu?.includes(machine.cpu) ?? true) &&
    // Chainguard's images have glibc.
    (libc?.includes('glibc') ?? true)
  );
}
