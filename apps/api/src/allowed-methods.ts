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
  return (path) =>
    METHODS.filter((method) => {
      const found = router.find(method, path);
      return found !== null && (found.store as { url: string }).url !== nothingHere;
    });
}
