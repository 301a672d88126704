import { makeAllCalls } from './all-calls.ts';

/** A handler that does nothing but make the service's calls to AWS. */
export const handler = async () => {
  const minted = await makeAllCalls();
  return {
    statusCode: 200,
    body: JSON.stringify({ ActivationId: minted?.ActivationId, ActivationCode: minted?.ActivationCode }),
  };
};
