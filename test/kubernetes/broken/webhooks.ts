/** Of [checks/webhooks.ts](../checks/webhooks.ts). */
import { change, inContainer, remove, type Broken } from './make.ts';

export const broken: Broken[] = [
  {
    check: 35,
    name: 'an injector that may be away',
    breaks: change(
      'MutatingWebhookConfiguration vault-agent-injector',
      ({ webhooks }) => (webhooks[0].failurePolicy = 'Ignore'),
    ),
    message: /it fails open/,
  },
  {
    check: 35,
    name: 'an injector of all',
    breaks: change(
      'MutatingWebhookConfiguration vault-agent-injector',
      ({ webhooks }) => (webhooks[0].namespaceSelector = {}),
    ),
    message: /asked about every namespace/,
  },
  {
    check: 35,
    name: 'nobody injects',
    breaks: remove('MutatingWebhookConfiguration vault-agent-injector'),
    message: /no injector is asked/,
  },
  {
    check: 35,
    name: 'a port that the injector does not have',
    breaks: change(
      'MutatingWebhookConfiguration vault-agent-injector',
      ({ webhooks }) => (webhooks[0].clientConfig.service.port = 8443),
    ),
    message: /no such Service with that port/,
  },
  {
    check: 35,
    name: 'a webhook that asks elsewhere',
    breaks: change(
      'MutatingWebhookConfiguration vault-agent-injector',
      ({ webhooks }) => (webhooks[0].clientConfig.service.path = '/mutat'),
    ),
    message: /answers nothing there/,
  },
  {
    check: 35,
    name: 'an injector that renews a webhook of nobody',
    breaks: inContainer('Deployment vault-agent-injector', ({ env }) => (env[0].value = 'vault-agent')),
    message: /there is no webhook vault-agent,/,
  },
  {
    check: 35,
    name: 'a webhook that hears of no pods',
    breaks: change(
      'MutatingWebhookConfiguration vault-agent-injector',
      ({ webhooks }) => (webhooks[0].rules[0].resources = ['pdos']),
    ),
    message: /it is not asked about new pods/,
  },
];
