/** Sizes, times and progress in words. */
import type { OnProgress, Stage } from '@homepage/backup';
import type { Progress } from '../../progress.ts';

export function size(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  const [value, unit] =
    bytes < 1e6 ? [bytes / 1e3, 'kB'] : bytes < 1e9 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB'];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** `1 file`, `2 files` */
export const count = (number: number, one: string): string => `${number} ${one}${number === 1 ? '' : 's'}`;

export const seconds = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} s`;

/** `2026-11-25 06:00 UTC` */
export const moment = (time: Date | string): string =>
  `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

export function age(time: Date, now: Date): string {
  const minutes = Math.max(0, Math.round((now.getTime() - time.getTime()) / 60_000));
  if (minutes < 120) return `${count(minutes, 'minute')} ago`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours ago` : `${Math.round(hours / 24)} days ago`;
}

/** Bytes so far and how many a second, for each stage anew. */
export function showStages(progress: Progress): OnProgress {
  let at: Stage | undefined;
  let since = 0;
  return (stage, bytes, total, target) => {
    if (stage !== at) [at, since] = [stage, performance.now()];
    const elapsed = (performance.now() - since) / 1000;
    const rate = bytes > 0 && elapsed > 0.2 ? `  ${size(bytes / elapsed)}/s` : '';
    const amount = bytes === 0 ? '' : `  ${size(bytes)}${total > 0 ? ` of ${size(total)}` : ''}${rate}`;
    progress.show(`${stage}${amount}${target === '' ? '' : `  ${target}`}`);
  };
}
