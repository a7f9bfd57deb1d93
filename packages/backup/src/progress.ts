export type Stage =
  | 'measuring'
  | 'dumping'
  | 'media'
  | 'uploading'
  | 'checking'
  | 'downloading'
  | 'restoring'
  | 'comparing'
  | 'reading pages';

/** @param total 0 while it is not known; both in bytes */
export type OnProgress = (stage: Stage, bytes: number, total: number, target: string) => void;
