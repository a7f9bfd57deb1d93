export * from './pages.ts';
export * from './platform.ts';
export * from './problem.ts';
export * from './api.ts';
export * from './contact.ts';
export * from './endpoints.ts';
export * from './openapi.ts';
