import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether a bearer credential is the operator key; digests are compared, so that the time taken tells nothing of it. */
export const createOperatorKeyCheck = (operatorKey: string) => {
  const expected = digest(operatorKey);
  return (authorization: string | undefined): boolean => {
    const bearer = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    return bearer !== undefined && timingSafeEqual(digest(bearer), expected);
  };
};
