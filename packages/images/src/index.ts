export {
  isResolved,
  lockFile,
  lockText,
  readLock,
  requireDigest,
  requireKnown,
  writeLock,
  type Lock,
} from './lock.ts';
export { requireOwnNames, withOwnNames } from './own.ts';
export { resolveImages, type Resolved } from './resolve.ts';
