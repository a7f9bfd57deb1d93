import { buildGoTool, goVersion } from './go-tool.ts';
import { findProgram } from './find.ts';
import { installPackages, mayInstallPackages } from './debian.ts';
import { installPythonTool } from './python-tool.ts';
import { programs, type ProgramName, type ProgramSource } from './programs.ts';

/**
 * The program that is there, else Debian's packages (as root), else a pinned Go tool or wheel.
 * @param say called with a line of progress
 * @returns its path; undefined when it cannot be had here
 */
export async function bringProgram(
  name: ProgramName,
  say: (line: string) => void,
): Promise<string | undefined> {
  const found = findProgram(name);
  if (found) return found;
  const source: ProgramSource = programs[name];
  if (source.debian && mayInstallPackages()) {
    say(`installing ${name} from the system's packages …`);
    if (installPackages(source.debian)) return findProgram(name);
  }
  if (source.go && goVersion()) {
    say(`building ${name} with Go, once; this takes minutes …`);
    await buildGoTool(source.go, say);
  }
  if (source.python) {
    say(`installing ${name} from PyPI …`);
    installPythonTool(source.python);
  }
  return findProgram(name);
}
