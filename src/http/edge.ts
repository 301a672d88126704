import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  type ActivationError,
  AddressNotAllowed,
  HostUnknown,
  OriginNotAllowed,
} from '../activation/errors.ts';
import { authoritiesOf } from '../edge/authorities.ts';
import { foreignPage } from '../edge/foreign-page.ts';
import type { KnownHosts } from '../edge/known-hosts.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What says that a page of another site may have sent the request; undefined when nothing does. */
    foreignPage?: string | undefined;
  }
}

/** What a server itself must judge of those who reach it, where no API Gateway does. */
export interface Edge {
  readonly isKnownHost: KnownHosts;
  /** Whether `X-Forwarded-For` counts when this address sends it. */
  readonly isProxy: (address: string) => boolean;
}

export interface EdgeContext {
  readonly edge?: Edge | undefined;
  /** This API as machines reach it. */
  readonly publicUrl?: string | undefined;
}

/** Before any route: refuses hosts that a server does not know, and notes what a browser tells of the page that asks. */
export const guardEdge = (app: FastifyInstance, { edge, publicUrl = '' }: EdgeContext): void => {
  app.decorateRequest('foreignPage', undefined);
  app.addHook('onRequest', async (request) => {
    if (edge) requireKnownHost(edge, request);
    // API Gateway speaks HTTPS only; what hands its events on to the routes does not know that.
    const scheme = edge ? request.protocol : 'https';
    request.foreignPage = foreignPage(request.headers, [publicUrl, `${scheme}://${request.headers.host}`]);
  });
};

const requireKnownHost = ({ isKnownHost }: Edge, { raw, originalUrl, socket }: FastifyRequest): void => {
  const named = authoritiesOf(originalUrl, raw.rawHeaders);
  if (named.length > 0 && named.every((authority) => isKnownHost(authority, socket.localAddress))) return;
  throw new HostUnknown(
    'This server does not answer to the host that the request names. Call it by its address or by PUBLIC_URL, or have its operator add the name to ALLOWED_HOSTS.',
  );
};

export const originNotAllowed = (sign: string): OriginNotAllowed =>
  new OriginNotAllowed(
    `A browser sent this for a page of another site (${sign}), and neither an address nor the operator key speaks for such a page. Use curl, a script or the command line.`,
  );

/** Why the address of a request must not speak for its caller; undefined when it may. */
export const againstAddress = (
  { foreignPage: sign, ip }: FastifyRequest,
  edge: Edge | undefined,
): ActivationError | undefined => {
  if (sign !== undefined) return originNotAllowed(sign);
  return edge?.isProxy(ip)
    ? new AddressNotAllowed(`${ip} is a proxy, which did not say in X-Forwarded-For for whom it asks.`)
    : undefined;
};
