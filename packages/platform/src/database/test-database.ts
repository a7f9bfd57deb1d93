/** For tests of this package: quick databases, and other processes that use them. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { thisMachine } from '@homepage/testkit/services';
import { openDatabase, type OpenOptions } from './open.ts';
import type { Answer, Request } from './test-process.ts';

const cache = resolve(import.meta.dirname, '../../../../.cache');

/** An empty database folder, made once: making one takes seconds, copying one does not. */
export async function testTemplate(): Promise<string> {
  const template = join(cache, 'empty-database');
  if (existsSync(template)) return template;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'making-'));
  const database = await openDatabase({ dataDir: work, command: 'test', mode: 'own' });
  await database.close();
  if (!existsSync(template)) renameSync(join(work, 'database'), template);
  rmSync(work, { recursive: true, force: true });
  return template;
}

/** A data folder of its own with an empty database in it; the caller removes it. */
export async function testDataFolder(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'homepage-test-'));
  cpSync(await testTemplate(), join(dataDir, 'database'), { recursive: true });
  return dataDir;
}

/** A second process that has a database open. */
export class OtherProcess {
  readonly child: ChildProcess;
  #waiting = new Map<number, { done: (value: unknown) => void; fail: (error: Error) => void }>();
  #last = 0;
  /** what it reported to have stored, in order */
  readonly acknowledged: number[] = [];

  constructor(host = thisMachine) {
    const { command, args } = host.place({ command: process.execPath, args: [] });
    this.child = fork(new URL('./test-process.ts', import.meta.url), {
      execPath: command,
      execArgv: args,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.child.on('message', (message: Answer) => {
      if ('acknowledged' in message) {
        this.acknowledged.push(message.acknowledged);
        return;
      }
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if ('error' in message) waiting?.fail(Object.assign(new Error(message.error.message), message.error));
      else waiting?.done(message.value);
    });
    const failAll = (error: Error): void => {
      for (const { fail } of this.#waiting.values()) fail(error);
    };
    this.child.on('error', failAll);
    this.child.on('exit', () => failAll(new Error('the other process ended')));
  }

  open(options: OpenOptions): Promise<{ shared: boolean }> {
    return this.#ask({ method: 'open', options });
  }

  /** Runs SQL, each on whatever connection is free. */
  query(sql: string): Promise<Record<string, unknown>[]> {
    return this.#ask({ method: 'query', sql });
  }

  /** Begins a transaction, runs SQL in it, and goes no further. */
  hold(sql: string): Promise<void> {
    return this.#ask({ method: 'hold', sql });
  }

  /** Runs `count` transactions of three rows at once; every third one rolls back. */
  writeTransactions(first: number, count: number): Promise<void> {
    return this.#ask({ method: 'writeTransactions', first, count });
  }

  /** Inserts 0, 1, 2 … until it is killed or fails; see `acknowledged`. */
  writeForever(): Promise<void> {
    return this.#ask({ method: 'writeForever' });
  }

  close(): Promise<void> {
    return this.#ask({ method: 'close' });
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  #ask<Value>(request: Request): Promise<Value> {
    const id = ++this.#last;
    this.child.send({ id, ...request });
    return new Promise<unknown>((done, fail) => this.#waiting.set(id, { done, fail })) as Promise<Value>;
  }
}
