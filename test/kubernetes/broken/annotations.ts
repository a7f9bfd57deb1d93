/** Of [checks/annotations.ts](../checks/annotations.ts). */
import { annotated, type Broken } from './make.ts';

export const broken: Broken[] = [
  {
    check: 59,
    name: 'a misspelt annotation',
    breaks: annotated('Deployment api', 'agent-inject-containes', 'api'),
    message: /nobody reads the annotation/,
  },
];
