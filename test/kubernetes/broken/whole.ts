/** Of [checks/whole.ts](../checks/whole.ts). */
import type { Resource } from '../resource.ts';
import { add, change, find, inContainer, type Broken } from './make.ts';

export const broken: Broken[] = [
  {
    check: 1,
    name: 'two renders differ',
    breaks: ({ overlays }) => void overlays[0]!.trouble.push('two renders in a row are not the same bytes'),
    message: /not the same bytes/,
  },
  {
    check: 1,
    name: 'a field is misspelt',
    breaks: inContainer('Deployment api', (container) => {
      container.resources.limit = container.resources.limits;
    }),
    message: /there is no field "limit" here/,
  },
  {
    check: 1,
    name: 'a field of a custom resource is misspelt',
    breaks: change('Middleware rate-limit', ({ spec }) => (spec.rateLimit.brust = 5)),
    message: /there is no field "brust" here/,
  },
  {
    check: 1,
    name: 'a word is none of those that may be there',
    breaks: change('CronJob backup', ({ spec }) => (spec.concurrencyPolicy = 'Forbidden')),
    message: /none of the words/,
  },
  {
    check: 1,
    name: 'an old version',
    breaks: change('CronJob backup', (job) => (job.apiVersion = 'batch/v1beta1')),
    message: /no schema of batch\/v1beta1 CronJob/,
  },
  {
    check: 1,
    name: 'the same twice',
    breaks: (rendered) => add('dev', structuredClone(find(rendered, 'Service api') as Resource))(rendered),
    message: /there twice/,
  },
  {
    check: 8,
    name: 'more than the server has',
    breaks: inContainer('Deployment api', ({ resources }) => (resources.requests.cpu = '4')),
    message: /% of the server's cpu/,
  },
  {
    check: 65,
    name: 'a page of before',
    breaks: inContainer('Deployment api', ({ resources }) => (resources.requests.memory = '129Mi')),
    message: /it is not what the manifests say/,
  },
];
