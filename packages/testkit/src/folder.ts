/** A temporary folder with the files of a test in it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export type TestFolder = {
  path: string;
  /** adds or replaces files */
  write(files: Record<string, string | Uint8Array>): void;
  /** removes a file or folder in it */
  removeFile(name: string): void;
  remove(): void;
};

/** @param files contents by path relative to the folder */
export function makeFolder(files: Record<string, string | Uint8Array> = {}): TestFolder {
  const path = mkdtempSync(join(tmpdir(), 'homepage-folder-'));
  const folder: TestFolder = {
    path,
    write(more) {
      for (const [name, content] of Object.entries(more)) {
        mkdirSync(dirname(join(path, name)), { recursive: true });
        writeFileSync(join(path, name), content);
      }
    },
    removeFile: (name) => rmSync(join(path, name), { recursive: true, force: true }),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
  folder.write(files);
  return folder;
}
