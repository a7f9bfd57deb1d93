import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  rmSync,
  statfsSync,
  writeFileSync,
  appendFileSync,
  rmdirSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownsItsNetwork } from './own-network.ts';

const MEGABYTE = 1024 * 1024;

export type SmallDisk = {
  /** the folder that lies on it */
  path: string;
  /** takes every byte that is left */
  fill(): void;
  /** gives them back */
  free(): void;
  remove(): void;
};

/** A disk in memory, in this process's own table of mounts. @throws Error where that cannot be had */
export function makeSmallDisk(megabytes: number): SmallDisk {
  if (!ownsItsNetwork()) throw new Error('a small disk can be made on Linux as root only');
  const mountPoint = mkdtempSync(join(tmpdir(), 'homepage-disk-'));
  run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', mountPoint);
  const path = join(mountPoint, 'data');
  mkdirSync(path);
  const filler = join(mountPoint, 'filler');
  return {
    path,
    fill() {
      writeFileSync(filler, '');
      const left = (): number => {
        const { bavail, bsize } = statfsSync(mountPoint);
        return bavail * bsize;
      };
      while (left() > 0) appendFileSync(filler, Buffer.alloc(Math.min(left(), MEGABYTE)));
    },
    free: () => rmSync(filler, { force: true }),
    remove() {
      run('umount', '--lazy', mountPoint);
      rmdirSync(mountPoint);
    },
  };
}

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}
