/** Who a route is for: machines prove themselves to the service, operators to IAM, the rest is open to all. */
export type RouteCaller = 'machine' | 'operator' | 'anyone';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly caller: RouteCaller;
  /** Whether a reader may call it: it changes nothing. */
  readonly readOnly: boolean;
}

const route = (method: Route['method'], path: string, caller: RouteCaller, readOnly: boolean): Route => ({
  method,
  path,
  caller,
  readOnly,
});
const machine = (method: Route['method'], path: string) => route(method, path, 'machine', false);
const anyone = (path: string) => route('GET', path, 'anyone', true);
const reads = (method: Route['method'], path: string) => route(method, path, 'operator', true);
const changes = (method: Route['method'], path: string) => route(method, path, 'operator', false);

/** Every route of the service. API Gateway knows no other: what is not named here is not reachable. */
export const ROUTES: readonly Route[] = [
  machine('GET', '/activate'),
  machine('POST', '/activate'),
  machine('GET', '/tag'),
  machine('POST', '/tag'),

  anyone('/bootstrap/linux'),
  anyone('/bootstrap/windows'),
  anyone('/livez'),
  anyone('/readyz'),
  anyone('/openapi.json'),

  reads('GET', '/nodes'),
  reads('GET', '/nodes/{id}'),
  changes('PUT', '/nodes/{id}/tags'),
  changes('DELETE', '/nodes/{id}/tags'),
  changes('POST', '/nodes/{id}/release'),
  changes('DELETE', '/nodes/{id}'),
  changes('POST', '/tokens'),
  reads('GET', '/tokens'),
  changes('DELETE', '/tokens/{id}'),
  reads('GET', '/events'),
  reads('POST', '/identity/check'),
];
