import type { PlatformStatus } from '@homepage/contract';
import { platformWords as words } from './words.ts';

/** lit: it answered · out: it did not · unknown: this page cannot ask it · absent: this shape has no such part */
export type Lamp = 'lit' | 'out' | 'unknown' | 'absent';
export type PartName = keyof typeof words.parts;
export type Part = { name: PartName; title: string; does: string; lamp: Lamp; says: string };
export type Way = { title: string; lead: string; parts: PartName[] };

export const ways: Way[] = [
  { ...words.ways.request, parts: ['reader', 'ingress', 'frontend', 'api', 'cache', 'database', 'storage'] },
  { ...words.ways.secret, parts: ['bootstrap', 'vault', 'agent', 'files', 'api'] },
  { ...words.ways.backup, parts: ['database', 'job', 'storage', 'verify'] },
];

type Distance = (iso: string) => string;

/** Every part of the drawing with its lamp, read from the running system's own answers. */
export function readParts(status: PlatformStatus, distance: Distance): Record<PartName, Part> {
  const { says } = words;
  const embedded = status.shape === 'embedded';
  const elsewhere: [Lamp, string] = embedded ? ['absent', says.absent] : ['unknown', says.notAsked];
  const answer = (part: { kind: string; version: string | null; ok: boolean }): [Lamp, string] => {
    const name = part.version ? `${part.kind} ${part.version}` : part.kind;
    return part.ok ? ['lit', name] : ['out', says.silent(name)];
  };
  const { certificate, backup } = status;

  const answers: Record<PartName, [Lamp, string]> = {
    reader: ['lit', says.reader],
    ingress: elsewhere,
    frontend: elsewhere,
    api: ['lit', status.replicas && status.replicas > 1 ? says.replicas(status.replicas) : says.oneProcess],
    cache: answer(status.cache),
    database: answer(status.database),
    storage: answer(status.storage),
    bootstrap: elsewhere,
    vault: elsewhere,
    agent: elsewhere,
    files: certificate.notAfter
      ? [
          Date.parse(certificate.notAfter) > Date.now() ? 'lit' : 'out',
          says.certificate(distance(certificate.notAfter)),
        ]
      : embedded
        ? ['absent', says.environment]
        : ['unknown', says.unknown],
    job: backup.lastVerifiedAt ? ['lit', says.ran] : ['unknown', says.unknown],
    verify: backup.lastVerifiedAt
      ? ['lit', says.verified(distance(backup.lastVerifiedAt))]
      : ['unknown', says.never],
  };
  return Object.fromEntries(
    Object.entries(answers).map(([name, [lamp, text]]) => [
      name,
      { name, ...words.parts[name as PartName], lamp, says: text },
    ]),
  ) as Record<PartName, Part>;
}
