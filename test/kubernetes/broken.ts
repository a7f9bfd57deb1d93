/** Manifests that are wrong, one thing each, by the files of the checks that must say so. Applied to the cluster of fixture.ts. */
import { broken as addresses } from './broken/addresses.ts';
import { broken as annotations } from './broken/annotations.ts';
import { broken as bounds } from './broken/bounds.ts';
import { broken as compose } from './broken/compose.ts';
import { broken as data } from './broken/data.ts';
import { broken as edges } from './broken/edges.ts';
import { broken as form } from './broken/form.ts';
import { broken as identity } from './broken/identity.ts';
import { broken as injection } from './broken/injection.ts';
import { broken as issued } from './broken/issued.ts';
import { broken as network } from './broken/network.ts';
import { broken as paths } from './broken/paths.ts';
import { broken as placement } from './broken/placement.ts';
import { broken as pods } from './broken/pods.ts';
import { broken as programs } from './broken/programs.ts';
import { broken as references } from './broken/references.ts';
import { broken as rollout } from './broken/rollout.ts';
import { broken as secrets } from './broken/secrets.ts';
import { broken as services } from './broken/services.ts';
import { broken as several } from './broken/several.ts';
import { broken as traefik } from './broken/traefik.ts';
import { broken as trust } from './broken/trust.ts';
import { broken as volumes } from './broken/volumes.ts';
import { broken as webhooks } from './broken/webhooks.ts';
import { broken as whole } from './broken/whole.ts';
import { broken as words } from './broken/words.ts';
import type { Broken } from './broken/make.ts';

export const broken: Broken[] = [
  ...addresses,
  ...annotations,
  ...bounds,
  ...compose,
  ...data,
  ...edges,
  ...form,
  ...identity,
  ...injection,
  ...issued,
  ...network,
  ...paths,
  ...placement,
  ...pods,
  ...programs,
  ...references,
  ...rollout,
  ...secrets,
  ...services,
  ...several,
  ...traefik,
  ...trust,
  ...volumes,
  ...webhooks,
  ...whole,
  ...words,
];
