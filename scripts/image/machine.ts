/**
 * What an image needs below its program, out of this machine: it stands for the base where no registry can be reached, so that
 * the rest can be built and run. The same things are in Chainguard's glibc-dynamic and nginx: libraries, certificates, a user.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { requireProgram } from '@homepage/testkit/programs';

/** As Chainguard's images have it. */
const PASSWD = `root:x:0:0:root:/root:/sbin/nologin
nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin
`;
const GROUP = `root:x:0:
nonroot:x:65532:
`;
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/**
 * PostgreSQL's programs that backups start, in this machine's version: where they are in the image, and here.
 * @throws Problem PROGRAM_MISSING
 */
export const backupPrograms = (): Record<string, string> => ({
  'usr/bin/pg_dump': join(dirname(requireProgram('postgresql')), 'pg_dump'),
});

/** @param programs files of this machine, by where they are put; the libraries that they load come along, whose lie beside them do not */
export function layOutMachine(to: string, programs: Record<string, string>): void {
  for (const folder of ['etc/ssl/certs', 'tmp', 'proc', 'dev', 'run', 'app'])
    mkdirSync(join(to, folder), { recursive: true });
  chmodSync(join(to, 'tmp'), 0o1777);
  writeFileSync(join(to, 'etc/passwd'), PASSWD);
  writeFileSync(join(to, 'etc/group'), GROUP);
  if (existsSync(CERTIFICATES)) copyFileSync(CERTIFICATES, join(to, CERTIFICATES));
  for (const [target, source] of Object.entries(programs)) {
    put(source, join(to, target));
    const libraries = librariesOf(source);
    for (const library of [...libraries, ...restOfGlibc(libraries)]) put(library, join(to, library));
  }
}

function put(source: string, target: string): void {
  if (existsSync(target)) return;
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(source, target); // follows links: libraries are named as they are asked for
}

/** glibc comes whole, as its package does: native modules load what the program itself does not. */
function restOfGlibc(libraries: string[]): string[] {
  const libc = libraries.find((path) => path.endsWith('/libc.so.6'));
  const names = [
    'libresolv.so.2',
    'librt.so.1',
    'libdl.so.2',
    'libpthread.so.0',
    'libm.so.6',
    'libnss_dns.so.2',
    'libnss_files.so.2',
  ];
  return libc ? names.map((name) => join(dirname(libc), name)).filter((path) => existsSync(path)) : [];
}

/** As the loader finds them: "libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)", and the loader itself. */
function librariesOf(file: string): string[] {
  const { stdout } = spawnSync('ldd', [file], { encoding: 'utf8' });
  return [...(stdout ?? '').matchAll(/(?:=> |^\s*)(\/(?:usr\/)?lib\S*) \(0x/gm)].map(([, path]) => path!);
}
