import { createActivation } from './create-activation.ts';
import { recordedCalls } from './recorded-calls.ts';

const mint = recordedCalls().find(({ operation }) => operation === 'AmazonSSM.CreateActivation');

/** A handler that does nothing but call CreateActivation. */
export const handler = async () => {
  if (!mint) throw new Error('no CreateActivation was recorded');
  const { ActivationId, ActivationCode } = await createActivation(mint.input);
  return { statusCode: 200, body: JSON.stringify({ ActivationId, ActivationCode }) };
};
