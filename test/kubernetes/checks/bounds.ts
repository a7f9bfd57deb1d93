/** Numbers that are right in form and wrong by a thousand. */
import { finding, type Check } from '../finding.ts';
import { leaves, type Leaf, type Resource } from '../resource.ts';
import { eachResource } from './each.ts';

type Bounds = { field: RegExp; least: number; most: number; why: string };

/** By the end of a number's path. */
const bounds: Bounds[] = [
  { field: /\.minReadySeconds$/, least: 5, most: 60, why: 'each pod of a rollout waits as long' },
  {
    field: /\.progressDeadlineSeconds$/,
    least: 60,
    most: 1800,
    why: 'that long nobody is told of a broken rollout',
  },
  {
    field: /\.terminationGracePeriodSeconds$/,
    least: 5,
    most: 600,
    why: 'a drain of the node waits as long',
  },
  { field: /\.preStop\.sleep\.seconds$/, least: 3, most: 30, why: 'until nobody sends anything new' },
  { field: /\.maxSurge$/, least: 1, most: 1, why: 'the server has room for one pod more of each' },
  {
    field: /\.(runAsUser|runAsGroup|fsGroup)$/,
    least: 1,
    most: 65_535,
    why: 'the images know no other user',
  },
  {
    field: /\.expirationSeconds$/,
    least: 600,
    most: 86_400,
    why: 'Kubernetes takes none below; a token that is lost ends',
  },
  { field: /\.startingDeadlineSeconds$/, least: 60, most: 21_599, why: 'the next one comes after six hours' },
  { field: /\.activeDeadlineSeconds$/, least: 60, most: 21_599, why: 'the next one comes after six hours' },
  { field: /\.backoffLimit$/, least: 0, most: 10, why: 'what failed ten times is broken' },
  { field: /\.(successful|failed)JobsHistoryLimit$/, least: 0, most: 10, why: 'each is a pod that is kept' },
  {
    field: /\.ttlSecondsAfterFinished$/,
    least: 600,
    most: 1_209_600,
    why: 'its log is looked at for some days',
  },
  { field: /\.revisionHistoryLimit$/, least: 1, most: 10, why: 'there must be one to go back to' },
  { field: /Probe\.periodSeconds$/, least: 1, most: 30, why: 'a dead pod is noticed within a minute or two' },
  {
    field: /Probe\.timeoutSeconds$/,
    least: 1,
    most: 10,
    why: 'a hanging pod is noticed within a minute or two',
  },
  {
    field: /\.startupProbe\.failureThreshold$/,
    least: 10,
    most: 600,
    why: 'a start may take that long, and no longer',
  },
  {
    field: /\.(liveness|readiness)Probe\.failureThreshold$/,
    least: 1,
    most: 10,
    why: 'a dead pod is noticed within minutes',
  },
  { field: /\.Probe\.initialDelaySeconds$/, least: 0, most: 60, why: 'the startup probe is for that' },
  { field: /\.replicas$/, least: 1, most: 10, why: 'none is a service that is away' },
  { field: /\.(min|max)Replicas$/, least: 1, most: 10, why: 'the server has no room for more' },
  { field: /\.averageUtilization$/, least: 30, most: 95, why: 'above that no pod comes in time' },
  { field: /\.stabilizationWindowSeconds$/, least: 0, most: 3600, why: 'Kubernetes takes no more' },
  {
    field: /\.stsSeconds$/,
    least: 31_536_000,
    most: 63_072_000,
    why: 'one year to two, as browsers’ lists ask',
  },
  { field: /\.rateLimit\.average$/, least: 1, most: 1000, why: 'a visitor loads a page with ten requests' },
  { field: /\.rateLimit\.burst$/, least: 1, most: 2000, why: 'a visitor loads a page with ten requests' },
  {
    field: /\.buffering\.maxRequestBodyBytes$/,
    least: 1_000_000,
    most: 536_870_912,
    why: 'the largest picture, and no film',
  },
  { field: /\.(defaultMode|mode)$/, least: 0o400, most: 0o644, why: 'files of a volume are read' },
  { field: /\.webhooks\[\d+\]\.timeoutSeconds$/, least: 1, most: 30, why: 'Kubernetes takes no more' },
  { field: /\.maxSkew$/, least: 1, most: 1, why: 'pods are to be on different nodes' },
];

export const numbersBounded: Check = {
  number: 66,
  name: 'numbers are of the right size',
  why: 'A second too many zeros is the same to a schema, and a day to somebody who waits.',
  run: (rendered) =>
    eachResource(rendered, (resource, overlay) =>
      numbersIn(resource).flatMap(({ path, value }) =>
        bounds
          .filter(({ field, least, most }) => field.test(`.${path}`) && !(value >= least && value <= most))
          .map(({ least, most, why }) =>
            finding(overlay, resource, path, `it is ${value}`, `Write ${least} to ${most}: ${why}.`),
          ),
      ),
    ),
};

const numbersIn = (resource: Resource): { path: string; value: number }[] =>
  leaves(resource).filter((leaf): leaf is Leaf & { value: number } => typeof leaf.value === 'number');
