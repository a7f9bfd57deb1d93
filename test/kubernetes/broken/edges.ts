/** Of [checks/edges.ts](../checks/edges.ts). */
import { change, find, type Broken } from './make.ts';

export const broken: Broken[] = [
  {
    check: 15,
    name: 'an edge less',
    breaks: change('NetworkPolicy homepage-dev-api', ({ spec }) => spec.egress.shift()),
    message: /api → homepage-dev\/postgresql, TCP 5432 is an edge, and is not allowed/,
  },
  {
    check: 15,
    name: 'a way too many',
    breaks: (rendered) => {
      for (const [name, field] of [
        ['homepage-dev-frontend', 'egress'],
        ['homepage-dev-postgresql', 'ingress'],
      ] as const)
        find(rendered, `NetworkPolicy ${name}`).spec[field] = [{}];
    },
    message: /frontend → homepage-dev\/postgresql, TCP 5432 is let into it, and is no edge/,
  },
];
