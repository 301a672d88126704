import { expect, test } from 'vitest';
import { LedgerUnavailable } from '../../src/activation/errors.ts';
import { asOperator, problemIn, startApi } from './api.ts';

test('a token of which the audit trail could not be told is not made', async () => {
  const append = async () => {
    throw new LedgerUnavailable('The ledger does not answer; try again.', 2);
  };
  const api = await startApi({ ports: ({ ports: { events } }) => ({ events: { ...events, append } }) });
  const expiresAt = new Date(api.clock.now().getTime() + 3_600_000).toISOString();

  const response = await asOperator(api, 'post', '/tokens').send({ namePattern: 'web-*', expiresAt });

  problemIn(response, 503, 'LedgerUnavailable');
  expect((await asOperator(api, 'get', '/tokens')).body).toEqual({ Tokens: [] });
});
