const BEARER_JWT = /^Bearer +([\w-]+\.[\w-]+\.[\w-]*)$/i;

/** The compact JWS in an Authorization header, or undefined if it holds something else. */
export const bearerJwt = (authorization = ''): string | undefined => BEARER_JWT.exec(authorization)?.[1];
