/** Of [checks/programs.ts](../checks/programs.ts). */
import { inContainer, type Broken } from './make.ts';

export const broken: Broken[] = [
  {
    check: 80,
    name: 'a variable of ours with a letter less',
    breaks: inContainer('Deployment api', ({ env }) => (env[0].name = 'SECRET_DIR')),
    message: /does not read this variable/,
  },
  {
    check: 80,
    name: 'a variable of theirs with a letter less',
    breaks: inContainer(
      'Deployment vault-agent-injector',
      ({ env }) => (env[0].name = 'AGENT_INJECT_TLSAUTO'),
    ),
    message: /does not read this variable/,
  },
  {
    check: 80,
    name: 'a value that it does not take',
    breaks: inContainer('Deployment api', ({ env }) => env.push({ name: 'OPS_PORT', value: '94640' })),
    message: /OPS_PORT cannot be "94640"/,
  },
  {
    check: 80,
    name: 'a program that nobody knows',
    breaks: inContainer(
      'Deployment valkey',
      (container) => (container.image = `example.dev/memcached@sha256:${'0'.repeat(64)}`),
    ),
    message: /nobody knows what example\.dev\/memcached reads/,
  },
  {
    check: 78,
    name: 'a file that is in no image',
    breaks: inContainer('CronJob backup', ({ args }) => (args[0] = 'apps/ops/src/mian.ts')),
    message: /the image has no file apps\/ops\/src\/mian\.ts/,
  },
  {
    check: 78,
    name: 'a test, which no image has',
    breaks: inContainer('CronJob backup', ({ args }) => (args[0] = 'apps/ops/src/surface.test.ts')),
    message: /the image has no file/,
  },
  {
    check: 78,
    name: 'a command that is none',
    breaks: inContainer('CronJob backup', ({ args }) => (args[1] = 'bakup')),
    message: /bakup/,
  },
  {
    check: 78,
    name: 'an option that is none',
    breaks: inContainer('CronJob backup', ({ args }) => (args[3] = '--schedule')),
    message: /--schedule/,
  },
  {
    check: 78,
    name: 'an option that another program has',
    breaks: inContainer(
      'StatefulSet postgresql',
      ({ command }) => (command[1] = '--config-fiel=/etc/postgresql'),
    ),
    message: /it knows no option --config-fiel/,
  },
  {
    check: 79,
    name: 'a health that nobody answers',
    breaks: inContainer('Deployment api', ({ startupProbe }) => (startupProbe.httpGet.path = '/liveness')),
    message: /answers nothing at \/liveness/,
  },
  {
    check: 79,
    name: 'another port than the one that it is told',
    breaks: inContainer('Deployment vault-agent-injector', ({ env }) => (env[1].value = ':8443')),
    message: /does not listen on 8080/,
  },
  {
    check: 78,
    name: 'backups for everybody to read',
    breaks: inContainer('CronJob backup', (container) => (container.env = [])),
    message: /nobody tells it BACKUP_RECIPIENTS/,
  },
  {
    check: 80,
    name: 'a user that Valkey has not',
    breaks: inContainer('Deployment valkey', (container) => {
      container.image = `example.dev/redis-exporter@sha256:${'0'.repeat(64)}`;
      container.env = [{ name: 'REDIS_USER', value: 'exproter' }];
    }),
    message: /there is no user "exproter"/,
  },
  {
    check: 78,
    name: 'a variable that is put into nothing',
    breaks: inContainer('Deployment valkey', ({ args }) => args.push('--replica-announce-ip', '$(POD_NAEM)')),
    message: /\$\(POD_NAEM\) is nobody's/,
  },
];
