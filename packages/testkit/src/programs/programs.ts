import type { GoTool } from './go-tool.ts';
import type { PythonTool } from './python-tool.ts';

/** Every program that tests, drills and `npm run platform` start beside Node, and where each one comes from. */
export type ProgramSource = {
  /** what to look for on PATH and in `folders` */
  command: string;
  /** where Debian keeps it outside PATH; "*" stands for one folder name, the highest wins */
  folders: string[];
  /** a file that must be there too, below one of these folders: without it the program cannot do what we need */
  needs?: { file: string; folders: string[] };
  /** `backports`: the newest Debian has it, the one before only there */
  debian?: { packages: string[]; backports?: boolean };
  /** a pinned Go tool: tools/<tool>/go.mod */
  go?: GoTool;
  /** a program that PyPI has as a wheel: tools/<tool>/requirements.txt pins it by hash */
  python?: PythonTool;
  /** no test needs it: it is brought only when it is asked for by name */
  optional?: boolean;
  /** how to get it by hand, as a sentence */
  byHand: string;
};

export const programs = {
  postgresql: {
    command: 'initdb',
    folders: ['/usr/lib/postgresql/*/bin', '/opt/homebrew/opt/postgresql@*/bin'],
    debian: { packages: ['postgresql'] },
    byHand:
      'Install PostgreSQL 15 or newer (Debian: sudo apt-get install postgresql; macOS: brew install postgresql@17).',
  },
  valkey: {
    command: 'valkey-server',
    folders: ['/usr/bin'],
    debian: { packages: ['valkey-server'], backports: true },
    byHand:
      'Install Valkey 8 or newer (Debian: sudo apt-get install valkey-server; macOS: brew install valkey).',
  },
  nginx: {
    command: 'nginx',
    folders: ['/usr/sbin', '/opt/homebrew/bin'],
    needs: {
      file: 'ngx_http_brotli_static_module.so',
      folders: ['/usr/lib/nginx/modules', '/usr/lib64/nginx/modules', '/opt/homebrew/lib/nginx/modules'],
    },
    debian: { packages: ['nginx', 'libnginx-mod-http-brotli-filter', 'libnginx-mod-http-brotli-static'] },
    byHand:
      'Install nginx with its brotli modules (Debian: sudo apt-get install nginx libnginx-mod-http-brotli-filter libnginx-mod-http-brotli-static).',
  },
  minio: {
    command: 'minio',
    folders: [],
    go: { tool: 'minio', package: 'github.com/minio/minio' },
    byHand: 'Install Go 1.26 or newer and run it again, or put a minio binary on PATH.',
  },
  mc: {
    command: 'mc',
    folders: [],
    go: { tool: 'mc', package: 'github.com/minio/mc' },
    optional: true,
    byHand: 'Install Go 1.26 or newer and run it again, or put a mc binary (the client of MinIO) on PATH.',
  },
  vault: {
    command: 'vault',
    folders: [],
    // "minimal": without the engines of other vendors, which nobody here uses.
    go: { tool: 'vault', package: 'github.com/hashicorp/vault', tags: 'minimal' },
    byHand: 'Install Go 1.26 or newer and run it again, or put a vault binary (1.21 or newer) on PATH.',
  },
  kustomize: {
    command: 'kustomize',
    folders: [],
    go: { tool: 'kustomize', package: 'sigs.k8s.io/kustomize/kustomize/v5' },
    byHand: 'Install Go 1.26 or newer and run it again, or put a kustomize binary (5.4 or newer) on PATH.',
  },
  kubectl: {
    command: 'kubectl',
    folders: [],
    optional: true,
    byHand: 'Put a kubectl binary on PATH; without it the pinned kustomize renders the same.',
  },
  nft: {
    command: 'nft',
    folders: ['/usr/sbin'],
    needs: { file: 'nsenter', folders: ['/usr/bin'] },
    debian: { packages: ['nftables', 'iproute2', 'util-linux'] },
    byHand: 'Drills that cut networks need Linux with nftables and iproute2.',
  },
  faketime: {
    command: 'faketime',
    folders: ['/usr/bin'],
    needs: {
      file: 'libfaketime.so.1',
      folders: ['/usr/lib/x86_64-linux-gnu/faketime', '/usr/lib/aarch64-linux-gnu/faketime'],
    },
    debian: { packages: ['faketime'] },
    optional: true,
    byHand: 'The drill of clocks needs Linux with libfaketime (Debian: sudo apt-get install faketime).',
  },
  hadolint: {
    command: 'hadolint',
    folders: [],
    python: { tool: 'hadolint' },
    byHand: 'Install Python 3 with pip and run it again, or put a hadolint binary on PATH.',
  },
  'systemd-analyze': {
    command: 'systemd-analyze',
    folders: ['/usr/bin'],
    debian: { packages: ['systemd'] },
    byHand: 'Checks of units for systemd need Linux with systemd.',
  },
  docker: {
    command: 'dockerd',
    folders: ['/usr/sbin', '/usr/bin'],
    debian: { packages: ['docker.io', 'iptables'] },
    optional: true,
    byHand: 'Install Docker Engine (https://docs.docker.com/engine/install/).',
  },
  wrk: {
    command: 'wrk',
    folders: ['/usr/bin', '/opt/homebrew/bin'],
    debian: { packages: ['wrk'] },
    optional: true,
    byHand: 'Install wrk (Debian: sudo apt-get install wrk; macOS: brew install wrk).',
  },
} satisfies Record<string, ProgramSource>;

export type ProgramName = keyof typeof programs;

/** What tests and `npm run platform` need; the others make measuring better. */
export const neededPrograms = (Object.keys(programs) as ProgramName[]).filter(
  (name) => !(programs[name] as ProgramSource).optional,
);
