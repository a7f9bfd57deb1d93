import type { PlatformStatus } from '@homepage/contract';
import type { PlatformWords } from '#lib/words/platform.ts';

/** lit: it answered · out: it did not · unknown: this page cannot ask it · absent: this shape has no such part */
export type Lamp = 'lit' | 'out' | 'unknown' | 'absent';
export type PartName = keyof PlatformWords['parts'];
export type WayName = keyof PlatformWords['ways'];
export type State = { lamp: Lamp; says: string };

export const ways: Record<WayName, PartName[]> = {
  request: ['reader', 'ingress', 'frontend', 'api', 'cache', 'database', 'storage'],
  secret: ['bootstrap', 'vault', 'agent', 'files', 'api'],
  backup: ['database', 'job', 'storage', 'verify'],
};

export const fill = (text: string, value: string | number) => text.replace('{}', String(value));

/** The state of every part, read from the running system's own answers. */
export function readStates(
  status: PlatformStatus,
  says: PlatformWords['says'],
  distance: (iso: string) => string,
): Record<PartName, State> {
  const state = (lamp: Lamp, text: string): State => ({ lamp, says: text });
  const answer = ({ kind, version, ok }: { kind: string; version: string | null; ok: boolean }) => {
    const name = version ? `${kind} ${version}` : kind;
    return ok ? state('lit', name) : state('out', fill(says.silent, name));
  };
  const { certificate, backup, replicas } = status;
  const embedded = status.shape === 'embedded';
  const elsewhere = embedded ? state('absent', says.absent) : state('unknown', says.notAsked);

  return {
    reader: state('lit', says.reader),
    ingress: elsewhere,
    frontend: elsewhere,
    api: state(
      'lit',
      replicas && replicas > 1 ? fill(says.replicas, replicas) : embedded ? says.oneProcess : says.answers,
    ),
    cache: answer(status.cache),
    database: answer(status.database),
    storage: answer(status.storage),
    bootstrap: elsewhere,
    vault: elsewhere,
    agent: elsewhere,
    files: certificate.notAfter
      ? state(
          Date.parse(certificate.notAfter) > Date.now() ? 'lit' : 'out',
          fill(says.certificate, distance(certificate.notAfter)),
        )
      : embedded
        ? state('absent', says.environment)
        : state('unknown', says.unknown),
    job: backup.lastVerifiedAt
      ? state('lit', says.ran)
      : embedded
        ? state('absent', says.absent)
        : state('unknown', says.unknown),
    verify: backup.lastVerifiedAt
      ? state('lit', fill(says.verified, distance(backup.lastVerifiedAt)))
      : state('unknown', says.never),
  };
}
