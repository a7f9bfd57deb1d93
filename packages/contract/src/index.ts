export * from './pages.ts';
export * from './platform.ts';
export * from './problem.ts';
export * from './api.ts';
