import { expect } from 'vitest';
import type { Door } from './door.ts';
import type { RouteName } from './routes.ts';

/** What a caller is to see. */
export interface Expected {
  readonly status: number;
  readonly code?: string;
  readonly withinSeconds: number;
  /** What the body holds among other things. */
  readonly shows?: object;
}

/** What is wrong with AWS, as far as callers can tell. */
export type Trouble =
  | 'none'
  /** Each call takes a while longer. */
  | 'slow'
  /** One answer is lost; all else is well. */
  | 'one ledger answer lost'
  | 'one Systems Manager answer lost'
  /** Whatever is said or not said, it is no answer of AWS's, or one that passes. */
  | 'ledger away'
  | 'ledger refuses'
  | 'Systems Manager slow'
  | 'Systems Manager away'
  | 'Systems Manager refuses';

/** By route; those that are not named see what is seen otherwise. */
interface Expectations {
  readonly otherwise: Expected;
  readonly routes: Readonly<Partial<Record<RouteName, Expected>>>;
}

const AT_ONCE_SECONDS: Readonly<Record<Door['kind'], number>> = { server: 1, lambda: 2 };

const sees = (status: number, withinSeconds: number, code?: string, shows?: object): Expected => ({
  status,
  withinSeconds,
  ...(code && { code }),
  ...(shows && { shows }),
});

/** What no call to AWS is needed for, whatever AWS does. */
const withoutAws = (atOnce: number) =>
  ({
    'activate, a bad tag': sees(400, atOnce, 'InvalidRequest'),
    'activate, a name not allowed': sees(403, atOnce, 'NameNotAllowed'),
    'tag, no proof': sees(401, atOnce, 'InvalidIdentity'),
    'GET /livez': sees(200, atOnce),
    'GET /nodes, no key': sees(401, atOnce, 'OperatorRequired'),
    'an unknown route': sees(404, atOnce, 'RouteUnknown'),
  }) as const;

/** What the ledger alone is asked for, and Systems Manager is not. */
const withoutSystemsManager = (seconds: number) =>
  ({
    'POST /tokens': sees(201, seconds),
    'GET /tokens': sees(200, seconds),
    'GET /events': sees(200, seconds),
    'POST /identity/check': sees(200, seconds, undefined, { Accepted: true }),
  }) as const;

const READY_WITHIN_SECONDS = 3.5;

const served = (atOnce: number, seconds: number): Expectations => ({
  otherwise: sees(200, seconds),
  routes: {
    ...withoutAws(atOnce),
    ...withoutSystemsManager(seconds),
    'activate, a new name': sees(200, seconds, undefined, { Tags: { Role: 'web' } }),
    'tag, not registered': sees(202, seconds, undefined, { Status: 'Pending' }),
    'tag, registered': sees(200, seconds, undefined, { Tags: { Booted: 'yes', Role: 'tagged' } }),
    'GET /nodes': sees(200, seconds, undefined, { Nodes: [{ PingStatus: 'Online' }] }),
    'GET /nodes/{name}': sees(200, seconds, undefined, { PingStatus: 'Online' }),
    'PUT /nodes/{name}/tags': sees(200, seconds, undefined, { Tags: { Booted: 'yes', Role: 'put' } }),
    'GET /readyz': sees(200, READY_WITHIN_SECONDS),
  },
});

const withoutLedger = (atOnce: number, code: string, seconds: number): Expectations => ({
  otherwise: sees(503, seconds, code),
  routes: {
    ...withoutAws(atOnce),
    'GET /readyz': sees(503, READY_WITHIN_SECONDS, undefined, { Checks: { Ledger: { Status: 'failed' } } }),
  },
});

/** It answers in the end, and is waited for. */
const systemsManagerSlow = (atOnce: number): Expectations => {
  const { otherwise, routes } = served(atOnce, 25);
  return { otherwise, routes: { ...routes, ...withoutSystemsManager(2) } };
};

const WITHOUT_PING = { Warning: expect.any(String), Nodes: [{ Tags: { Booted: 'yes' } }] };
const PENDING = { Status: 'Pending' };

const systemsManagerAway = (atOnce: number): Expectations => ({
  otherwise: sees(503, 25, 'SystemsManagerUnavailable'),
  routes: {
    ...withoutAws(atOnce),
    ...withoutSystemsManager(2),
    'tag, not registered': sees(202, 8, undefined, PENDING),
    'tag, registered': sees(202, 25, undefined, PENDING),
    'GET /nodes': sees(200, 8, undefined, WITHOUT_PING),
    'GET /nodes/{name}': sees(200, 8),
    'PUT /nodes/{name}/tags': sees(202, 25, undefined, PENDING),
    'POST /nodes/{name}/release': sees(200, 8),
    'DELETE /nodes/{name}': sees(202, 25),
  },
});

const systemsManagerRefuses = (atOnce: number): Expectations => ({
  otherwise: sees(503, 2, 'SystemsManagerRefused'),
  routes: {
    ...withoutAws(atOnce),
    ...withoutSystemsManager(2),
    'tag, not registered': sees(202, 2, undefined, PENDING),
    'GET /nodes': sees(200, 2, undefined, WITHOUT_PING),
    'GET /nodes/{name}': sees(200, 2),
    'POST /nodes/{name}/release': sees(200, 2),
  },
});

const all = (trouble: Trouble, atOnce: number): Expectations => {
  switch (trouble) {
    case 'none':
      return served(atOnce, 3);
    case 'slow':
      return served(atOnce, 8);
    case 'one ledger answer lost':
      return served(atOnce, 5);
    case 'one Systems Manager answer lost':
      return served(atOnce, 7);
    case 'ledger away':
      return withoutLedger(atOnce, 'LedgerUnavailable', 8);
    case 'ledger refuses':
      return withoutLedger(atOnce, 'LedgerRefused', 2);
    case 'Systems Manager slow':
      return systemsManagerSlow(atOnce);
    case 'Systems Manager away':
      return systemsManagerAway(atOnce);
    case 'Systems Manager refuses':
      return systemsManagerRefuses(atOnce);
  }
};

/** What callers at a door are to see of a trouble, by route. */
export const expectations = (trouble: Trouble, kind: Door['kind']): ((route: RouteName) => Expected) => {
  const { otherwise, routes } = all(trouble, AT_ONCE_SECONDS[kind]);
  return (route) => routes[route] ?? otherwise;
};
