import { spawnSync } from 'node:child_process';
import { Problem } from '@homepage/platform';

/**
 * Compose as a plugin of docker, or as a program of its own; version 2.24 or newer.
 * @throws Problem COMPOSE_MISSING
 */
export function composeCommand(): string[] {
  for (const command of [['docker', 'compose'], ['docker-compose']]) {
    const { status, stdout } = spawnSync(command[0]!, [...command.slice(1), 'version', '--short'], {
      encoding: 'utf8',
    });
    const [major = 0, minor = 0] = (stdout ?? '').trim().replace(/^v/, '').split('.').map(Number);
    if (status === 0 && (major > 2 || (major === 2 && minor >= 24))) return command;
  }
  throw new Problem('COMPOSE_MISSING', 'There is no Docker Compose of 2.24 or newer on this machine.', {
    fix: 'Install Docker with its Compose plugin (https://docs.docker.com/compose/install/), or use `npm run platform`, which needs neither.',
  });
}
