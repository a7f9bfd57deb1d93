/** One thing that Vault is told: a mount, a policy, a role. Data only; `plan` compares it with what Vault has. */
import type { Body } from '../client/client.ts';

export type Call = { path: string; body: Body };

export type Setting = {
  /** as people say it, e.g. "policy prod-api" */
  name: string;
  /** where Vault says what it has: all of the answer's data, or one entry of it */
  read: { path: string; entry?: string };
  /** what it must say; fields that are not named here do not matter, and the order of a list does not */
  wanted: Body;
  /** when it is not there */
  create: Call;
  /** when it differs; undefined: it is removed and made anew */
  change: Call | undefined;
  /** removes it */
  remove: string;
  /** fields that nobody can change: to make them anew would lose data */
  fixed?: string[];
  /** fields that are told once: where one differs, it is removed and made anew */
  remade?: string[];
  /** the file that says it */
  from?: string;
};

/** Things of one kind of which there must be no others, since each gives somebody a right. */
export type Collection = {
  /** e.g. "policy" */
  kind: string;
  /** lists the names */
  list: string;
  /** others may be there: Vault's own */
  also?: string[];
  /** those that are ours */
  wanted: string[];
  /** path that removes the one with this name */
  remove: (name: string) => string;
};

export type DesiredState = { settings: Setting[]; collections: Collection[] };

/** A setting that is read and written at one path. */
export function at(name: string, path: string, wanted: Body, more: Partial<Setting> = {}): Setting {
  const call = { path, body: wanted };
  return { name, read: { path }, wanted, create: call, change: call, remove: path, ...more };
}

type Mount = { type: string; description: string; options?: Body; config?: Body };

/** A secrets engine. Its data go with it, so that its type is never changed. */
export function mount(path: string, { type, description, options, config = {} }: Mount): Setting {
  const body: Body = { type, description, ...(options && { options }), config };
  return {
    name: `mount ${path}/`,
    read: { path: 'sys/mounts', entry: `${path}/` },
    wanted: body,
    create: { path: `sys/mounts/${path}`, body },
    change: { path: `sys/mounts/${path}/tune`, body: { description, ...config } },
    remove: `sys/mounts/${path}`,
    fixed: ['type', 'options'],
  };
}

export function auth(path: string, { type, description, config = {} }: Omit<Mount, 'options'>): Setting {
  return {
    name: `sign-in ${path}/`,
    read: { path: 'sys/auth', entry: `${path}/` },
    wanted: { type, description, config },
    create: { path: `sys/auth/${path}`, body: { type, description, config } },
    change: { path: `sys/mounts/auth/${path}/tune`, body: { description, ...config } },
    remove: `sys/auth/${path}`,
    fixed: ['type'],
  };
}

/** A device cannot be changed: it is removed and made again. */
export function audit(path: string, options: Body): Setting {
  const body = { type: 'file', options };
  return {
    name: `audit device ${path}/`,
    read: { path: 'sys/audit', entry: `${path}/` },
    wanted: body,
    create: { path: `sys/audit/${path}`, body },
    change: undefined,
    remove: `sys/audit/${path}`,
  };
}

export const policy = (name: string, text: string): Setting =>
  at(`policy ${name}`, `sys/policies/acl/${name}`, { policy: text });
