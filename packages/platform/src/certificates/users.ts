/**
 * Valkey's list of users, written anew by the agent, becomes the one that it goes by: the list is checked, Valkey is asked to
 * load it, and signing in with what is new in it proves that it did. docs/decisions/0022
 */
import { join } from 'node:path';
import type { CacheServer } from '../cache/cache.ts';
import { invalid } from '../secrets/certificate.ts';
import { readSecretFile } from '../secrets/secret-files.ts';
import { loadUsers, signInAs } from './valkey.ts';

export type UsersReload = {
  /** users.acl */
  file: string;
  /** @throws Problem SECRET_UNREADABLE, SECRET_INVALID: a list that would lock somebody out or let everybody in */
  read(): UserList;
  /** @throws Problem CACHE_REFUSED when Valkey goes on with the list before, or whatever keeps us out */
  load(next: UserList): Promise<void>;
};
type UserList = {
  text: string;
  server: CacheServer;
  /** ours in it, the newest first */ passwords: string[];
};

/**
 * @param folder of the server's users.acl; the server itself sees it at the same path
 * @param readServer what to sign in with, read anew each time: that password changes as well
 */
export function usersReload(folder: string, readServer: () => CacheServer): UsersReload {
  const file = join(folder, 'users.acl');
  /** with which it let us in last */
  let known: string[] = [];
  return {
    file,
    read() {
      const text = readSecretFile(file);
      const server = readServer();
      return { text, server, passwords: checkUsers(text, server.user ?? 'default', file) };
    },
    async load({ server, passwords }) {
      // Valkey still goes by the list before, and agents write the two files at different moments: which of them is in
      // it nobody knows.
      await loadUsers(server, [...new Set([server.password ?? '', ...known, ...passwords])], file);
      await signInAs(server, passwords[0]!);
      known = [passwords[0]!];
    },
  };
}

/** @returns passwords of this user */
function checkUsers(text: string, user: string, file: string): string[] {
  const users = text.split('\n').map((line) => line.trim().split(/\s+/));
  const rules = (name: string): string[] =>
    users.find(([word, its]) => word === 'user' && its === name)?.slice(2) ?? [];
  // Valkey makes one that may do everything where the list has none.
  if (!rules('default').includes('off'))
    throw invalid(
      file,
      'does not switch the default user off',
      'Let the agent write it again, whole; its first line is: user default off',
    );
  const passwords = rules(user).flatMap((rule) => (rule.startsWith('>') ? [rule.slice(1)] : []));
  if (passwords.length > 0 && rules(user).includes('+acl|load')) return passwords;
  throw invalid(
    file,
    `has no user "${user}" with a password and +acl|load: nobody could have it loaded again`,
    'Let the agent write it again; deploy/valkey/users.acl.template has the line.',
  );
}
