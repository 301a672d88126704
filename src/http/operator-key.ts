import { createOperatorKeyCheck } from '../identity/operator-key.ts';
import { originNotAllowed } from './edge.ts';
import type { OperatorAuthentication } from './operators.ts';

/** Operators of a server without IAM: whoever has its key, and is no page of another site. */
export const byOperatorKey = (key: string | undefined): OperatorAuthentication => {
  const isOperatorKey = key === undefined ? () => false : createOperatorKeyCheck(key);
  return ({ headers, foreignPage }) => {
    if (foreignPage !== undefined) throw originNotAllowed(foreignPage);
    return isOperatorKey(headers.authorization) ? 'operator-key' : undefined;
  };
};
