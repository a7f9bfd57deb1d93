import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sameEachTime } from '@homepage/testkit/properties';
import type { Labels } from '../resource.ts';
import {
  allowed,
  inBlock,
  type Network,
  type Party,
  type Peer,
  type Policy,
  type PolicySpec,
} from './evaluate.ts';

const pod = (name: string, namespace: string, labels: Labels, address = '10.42.0.1'): Party => ({
  name,
  address,
  pod: { namespace, labels, ports: [{ name: 'http', port: 80, protocol: 'TCP' }] },
});
const policy = (namespace: string, spec: PolicySpec): Policy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'policy', namespace },
  spec,
});
const namespaces = new Map(
  ['one', 'two'].map((name) => [name, { 'kubernetes.io/metadata.name': name } as Labels]),
);
const tcp80 = { port: 80, protocol: 'TCP' };

describe('the examples of the documentation', () => {
  const db = pod('db', 'one', { role: 'db' });
  const frontend = pod('frontend', 'one', { role: 'frontend' });
  const elsewhere = pod('elsewhere', 'two', { role: 'frontend' });
  const outside = (address: string): Party => ({ name: address, address });
  const tcp = (port: number) => ({ port, protocol: 'TCP' });

  // https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource
  const example = policy('one', {
    podSelector: { matchLabels: { role: 'db' } },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      {
        from: [
          { ipBlock: { cidr: '172.17.0.0/16', except: ['172.17.1.0/24'] } },
          { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'two' } } },
          { podSelector: { matchLabels: { role: 'frontend' } } },
        ],
        ports: [{ protocol: 'TCP', port: 6379 }],
      },
    ],
    egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/24' } }], ports: [{ protocol: 'TCP', port: 5978 }] }],
  });
  const network: Network = { policies: [example], namespaces };

  test.each([
    ['a pod of the same namespace with the label', frontend, db, tcp(6379), true],
    ['another port', frontend, db, tcp(6380), false],
    ['another protocol', frontend, db, { port: 6379, protocol: 'UDP' }, false],
    ['any pod of the other namespace', elsewhere, db, tcp(6379), true],
    ['the block', outside('172.17.2.1'), db, tcp(6379), true],
    ['what is taken out of the block', outside('172.17.1.1'), db, tcp(6379), false],
    ['an address outside of the block', outside('172.18.0.1'), db, tcp(6379), false],
    ['out to the block', db, outside('10.0.0.7'), tcp(5978), true],
    ['out to elsewhere', db, outside('10.0.1.7'), tcp(5978), false],
    ['to a pod that no policy selects', elsewhere, frontend, tcp(1), true],
    ['from a pod whose egress is limited', db, frontend, tcp(1), false],
  ])('%s', (_name, from, to, port, expected) => {
    expect(allowed(network, from, to, port)).toBe(expected);
  });

  const only = (...ingress: PolicySpec['ingress'] & object): Network => ({
    namespaces,
    policies: [policy('one', { podSelector: {}, policyTypes: ['Ingress'], ingress })],
  });
  const two = { matchLabels: { 'kubernetes.io/metadata.name': 'two' } };
  const front = { matchLabels: { role: 'frontend' } };

  test('two selectors in one peer must both fit; in two peers one is enough', () => {
    const stranger = pod('stranger', 'two', {});
    const both = only({ from: [{ namespaceSelector: two, podSelector: front }] });
    expect([frontend, elsewhere, stranger].map((from) => allowed(both, from, db, tcp80))).toEqual([
      false,
      true,
      false,
    ]);
    const either = only({ from: [{ namespaceSelector: two }, { podSelector: front }] });
    expect([frontend, elsewhere, stranger].map((from) => allowed(either, from, db, tcp80))).toEqual([
      true,
      true,
      true,
    ]);
  });

  test('an empty rule allows all, no rule nothing', () => {
    expect(allowed(only({}), elsewhere, db, tcp80)).toBe(true);
    expect(allowed(only(), elsewhere, db, tcp80)).toBe(false);
  });

  test('a name is the port of that name of the pod that is connected to; a range is a range', () => {
    const named = only({ ports: [{ port: 'http' }] });
    expect([80, 81].map((port) => allowed(named, frontend, db, tcp(port)))).toEqual([true, false]);
    const range = only({ ports: [{ port: 80, endPort: 90 }] });
    expect([79, 80, 90, 91].map((port) => allowed(range, frontend, db, tcp(port)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test('without policyTypes only rules for egress make a policy about egress', () => {
    const silent: Network = { namespaces, policies: [policy('one', { podSelector: {} })] };
    expect(allowed(silent, db, elsewhere, tcp80)).toBe(true);
    expect(allowed(silent, elsewhere, db, tcp80)).toBe(false);
  });

  test('a pod reaches itself', () => {
    expect(allowed(only(), db, db, tcp80)).toBe(true);
  });

  test('a block of addresses that is none is told', () => {
    expect(() => inBlock('10.0.0.1', '10.0.0.0')).toThrow('is no block of addresses');
    expect(() => inBlock('10.0.0', '10.0.0.0/8')).toThrow('is no IPv4 address');
  });
});

describe('whatever the policies are', () => {
  const labels = fc.dictionary(fc.constantFrom('role', 'tier'), fc.constantFrom('a', 'b'));
  const expression = fc.record({
    key: fc.constantFrom('role', 'tier'),
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.subarray(['a', 'b'], { minLength: 1 }),
  });
  const selector = fc.oneof(
    fc.record({ matchLabels: labels }),
    fc.record({ matchExpressions: fc.array(expression, { maxLength: 2 }) }),
    fc.record({
      matchExpressions: fc
        .record({ key: fc.constantFrom('role', 'tier'), operator: fc.constantFrom('Exists', 'DoesNotExist') })
        .map((one) => [one]),
    }),
  );
  const address = fc.constantFrom('10.42.0.1', '10.42.0.9', '203.0.113.7', '192.168.0.1');
  const peer: fc.Arbitrary<Peer> = fc.oneof(
    fc.record({ podSelector: selector }),
    fc.record({
      namespaceSelector: fc.constantFrom({}, { matchLabels: { 'kubernetes.io/metadata.name': 'two' } }),
    }),
    fc.record({ podSelector: selector, namespaceSelector: fc.constant({}) }),
    fc.record({
      ipBlock: fc.record({
        cidr: fc.constantFrom('0.0.0.0/0', '10.0.0.0/8', '10.42.0.0/30'),
        except: fc.subarray(['10.42.0.0/16', '203.0.113.0/24']),
      }),
    }),
  );
  const port = fc.record({ port: fc.constantFrom(80, 81, 443), protocol: fc.constantFrom('TCP', 'UDP') });
  const ports = fc.array(
    fc.oneof(port, fc.constant({ port: 'http' }), fc.constant({ port: 80, endPort: 90 })),
    {
      maxLength: 2,
    },
  );
  const rule = fc.record({ peers: fc.array(peer, { maxLength: 2 }), ports });
  const anyPolicy = fc
    .record({
      namespace: fc.constantFrom('one', 'two'),
      podSelector: selector,
      policyTypes: fc.subarray(['Ingress', 'Egress'], { minLength: 1 }),
      rules: fc.array(rule, { maxLength: 2 }),
    })
    .map(({ namespace, podSelector, policyTypes, rules }) =>
      policy(namespace, {
        podSelector,
        policyTypes,
        ingress: rules.map(({ peers, ports }) => ({ from: peers, ports })),
        egress: rules.map(({ peers, ports }) => ({ to: peers, ports })),
      }),
    );
  const party = fc.oneof(
    fc
      .record({ namespace: fc.constantFrom('one', 'two'), labels, address })
      .map((one) => pod('pod', one.namespace, one.labels, one.address)),
    address.map((one): Party => ({ name: one, address: one })),
  );
  const policies = fc.array(anyPolicy, { maxLength: 4 });
  const asks = (
    list: Policy[],
    from: Party,
    to: Party,
    wanted: { port: number; protocol: string },
  ): boolean => allowed({ policies: list, namespaces }, from, to, wanted);
  const options = sameEachTime(500);

  test('without any everything is allowed', () => {
    fc.assert(
      fc.property(party, party, port, (from, to, wanted) => asks([], from, to, wanted)),
      sameEachTime(),
    );
  });

  test('with one that selects all and has no rules, nothing reaches a pod, except itself', () => {
    const deny = ['one', 'two'].map((namespace) =>
      policy(namespace, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
    );
    fc.assert(
      fc.property(party, party, port, (from, to, wanted) => {
        expect(asks(deny, from, to, wanted)).toBe(from === to || (!from.pod && !to.pod));
      }),
      options,
    );
  });

  test('their order says nothing, and one that is there twice neither', () => {
    fc.assert(
      fc.property(policies, party, party, port, (list, from, to, wanted) => {
        const once = asks(list, from, to, wanted);
        expect(asks(list.toReversed(), from, to, wanted)).toBe(once);
        expect(asks([...list, ...list], from, to, wanted)).toBe(once);
      }),
      options,
    );
  });

  test('a rule more never forbids what was allowed', () => {
    fc.assert(
      fc.property(policies, rule, party, party, port, (list, { peers, ports }, from, to, wanted) => {
        const more = list.map((one) => ({
          ...one,
          spec: {
            ...one.spec,
            ingress: [...one.spec.ingress!, { from: peers, ports }],
            egress: [...one.spec.egress!, { to: peers, ports }],
          },
        }));
        expect(!asks(list, from, to, wanted) || asks(more, from, to, wanted)).toBe(true);
      }),
      options,
    );
  });

  test('a policy without rules more never allows what was forbidden', () => {
    fc.assert(
      fc.property(policies, selector, party, party, port, (list, podSelector, from, to, wanted) => {
        const deny = policy('one', { podSelector, policyTypes: ['Ingress', 'Egress'] });
        expect(asks(list, from, to, wanted) || !asks([...list, deny], from, to, wanted)).toBe(true);
      }),
      options,
    );
  });

  test('two rules of one policy are the same as two policies with one rule each', () => {
    fc.assert(
      fc.property(policies, party, party, port, (list, from, to, wanted) => {
        const apart = list.flatMap((one) => [
          { ...one, spec: { ...one.spec, ingress: [], egress: [] } },
          ...one.spec.ingress!.map((_, index) => ({
            ...one,
            spec: { ...one.spec, ingress: [one.spec.ingress![index]!], egress: [one.spec.egress![index]!] },
          })),
        ]);
        expect(asks(apart, from, to, wanted)).toBe(asks(list, from, to, wanted));
      }),
      options,
    );
  });

  test('a label that must be equal is the same as one that must be in a list of one', () => {
    fc.assert(
      fc.property(labels, party, party, port, (wantedLabels, from, to, wanted) => {
        const matchExpressions = Object.entries(wantedLabels).map(([key, value]) => ({
          key,
          operator: 'In',
          values: [value],
        }));
        const [equal, inList] = [{ matchLabels: wantedLabels }, { matchExpressions }].map((podSelector) => [
          policy('one', { podSelector, policyTypes: ['Ingress'] }),
        ]);
        expect(asks(equal!, from, to, wanted)).toBe(asks(inList!, from, to, wanted));
      }),
      options,
    );
  });
});
