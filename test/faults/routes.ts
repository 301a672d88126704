import { type Cast, nameIn } from './cast.ts';
import type { Call } from './door.ts';

export interface RouteUnderFault {
  /** The request that this row's cast makes. */
  readonly call: (cast: Cast) => Call;
  /** What is found in this request's calls to AWS and in no other's. */
  readonly marks: (cast: Cast) => readonly string[];
}

const NONE: RouteUnderFault['marks'] = () => [];
const get = (path: string, query: Call['query'] = {}): Call => ({ method: 'GET', path, query });
const asOperator = (call: Call): Call => ({ ...call, asOperator: true });

/** The requests of the matrix, in the order of its table. */
export const ROUTE_NAMES = [
  'activate, a new name',
  'activate, a known name',
  'activate, by a token',
  'activate, a bad tag',
  'activate, a name not allowed',
  'tag, no proof',
  'tag, not registered',
  'tag, registered',
  'GET /nodes',
  'GET /nodes/{name}',
  'PUT /nodes/{name}/tags',
  'POST /nodes/{name}/release',
  'DELETE /nodes/{name}',
  'POST /tokens',
  'GET /tokens',
  'GET /events',
  'POST /identity/check',
  'GET /readyz',
  'GET /livez',
  'GET /nodes, no key',
  'an unknown route',
] as const;
export type RouteName = (typeof ROUTE_NAMES)[number];

export const ROUTES: Readonly<Record<RouteName, RouteUnderFault>> = {
  'activate, a new name': {
    call: ({ row }) => get('/activate', { name: nameIn(row, 'fresh'), tags: 'Role=web' }),
    marks: ({ row }) => [nameIn(row, 'fresh')],
  },
  'activate, a known name': {
    call: ({ known }) => get('/activate', { name: known.name }),
    marks: ({ known }) => [known.name, known.activationId],
  },
  'activate, by a token': {
    call: ({ row, token }) => ({
      ...get('/activate', { name: nameIn(row, 'token') }),
      bearer: token.secret,
    }),
    marks: ({ row, token }) => [nameIn(row, 'token"'), token.id],
  },
  'activate, a bad tag': {
    call: ({ row }) => get('/activate', { name: nameIn(row, 'bad'), tags: 'aws:steered=yes' }),
    marks: NONE,
  },
  'activate, a name not allowed': {
    call: ({ row }) => get('/activate', { name: `stranger-${row}` }),
    marks: NONE,
  },
  'tag, no proof': {
    call: ({ row }) => ({ ...get('/tag', { name: nameIn(row, 'fresh'), tags: 'A=b' }), bearer: 'no-proof' }),
    marks: NONE,
  },
  'tag, not registered': {
    call: ({ waiting }) => get('/tag', { name: waiting.name, tags: 'Role=waits' }),
    marks: ({ waiting }) => [waiting.name, waiting.activationId],
  },
  'tag, registered': {
    call: ({ tagged }) => get('/tag', { name: tagged.name, tags: 'Role=tagged' }),
    marks: ({ tagged }) => [tagged.name, tagged.instanceId],
  },
  'GET /nodes': {
    call: ({ shown }) => asOperator(get('/nodes', { prefix: shown.name, limit: '41' })),
    marks: () => ['"Limit":41'],
  },
  'GET /nodes/{name}': {
    call: ({ shown }) => asOperator(get(`/nodes/${shown.name}`)),
    marks: ({ shown }) => [`{"S":"name#${shown.name}"}`],
  },
  'PUT /nodes/{name}/tags': {
    call: ({ put }) =>
      asOperator({ method: 'PUT', path: `/nodes/${put.name}/tags`, body: { tags: { Role: 'put' } } }),
    marks: ({ put }) => [put.name, put.instanceId],
  },
  'POST /nodes/{name}/release': {
    call: ({ released }) => asOperator({ method: 'POST', path: `/nodes/${released.name}/release` }),
    marks: ({ released }) => [released.name, released.instanceId],
  },
  'DELETE /nodes/{name}': {
    call: ({ removed }) => asOperator({ method: 'DELETE', path: `/nodes/${removed.name}` }),
    marks: ({ removed }) => [removed.name, removed.instanceId],
  },
  'POST /tokens': {
    call: ({ row }) => {
      const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
      const body = { namePattern: nameIn(row, 'minted*'), maxNames: 5, expiresAt };
      return asOperator({ method: 'POST', path: '/tokens', body });
    },
    marks: ({ row }) => [nameIn(row, 'minted')],
  },
  'GET /tokens': {
    call: () => asOperator(get('/tokens', { limit: '37' })),
    marks: () => ['"Limit":37'],
  },
  'GET /events': {
    call: ({ row }) => asOperator(get('/events', { name: nameIn(row, 'events') })),
    marks: ({ row }) => [nameIn(row, 'events')],
  },
  'POST /identity/check': {
    call: ({ row }) => {
      const body = { sourceIp: '127.0.0.1', name: nameIn(row, 'checked') };
      return asOperator({ method: 'POST', path: '/identity/check', body });
    },
    marks: ({ row }) => [nameIn(row, 'checked')],
  },
  'GET /readyz': { call: () => get('/readyz'), marks: () => ['"check"'] },
  'GET /livez': { call: () => get('/livez'), marks: NONE },
  'GET /nodes, no key': { call: () => get('/nodes'), marks: NONE },
  'an unknown route': { call: () => get('/unknown'), marks: NONE },
};
