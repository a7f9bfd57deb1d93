import type { FastifyInstance } from 'fastify';
import findMyWay, { type HTTPMethod } from 'find-my-way';

const METHODS: HTTPMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Answers which methods an address has, for 405 and Allow (RFC 9110, 15.5.6). Call it before routes are added.
 * Routes that only say "nothing here" do not count.
 */
export function watchAllowedMethods(app: FastifyInstance, nothingHere: string): (path: string) => string[] {
  const router = findMyWay({ maxParamLength: 1500 });
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat() as HTTPMethod[]) {
      if (!router.hasRoute(one, url)) router.on(one, url, () => {}, { url });
    }
  });
  return (path) => {
    const found = METHODS.filter((method) => {
      const route = router.find(method, path);
      return route !== null && (route.store as { url: string }).url !== nothingHere;
    });
    return found.length > 0 && path.startsWith('/api/') ? [...found, 'OPTIONS'] : found;
  };
}
