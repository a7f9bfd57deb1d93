export { isResolved, lockFile, readLock, requireDigest, requireKnown, writeLock, type Lock } from './lock.ts';
export { resolveImages, type Resolved } from './resolve.ts';
