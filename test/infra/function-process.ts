/** A process of a built function's own: loads the bundle as Lambda would, and hands it each event that the test sends. */
import { CONTEXT } from '../http/api-gateway-events.ts';

type Handler = (event: unknown, context: typeof CONTEXT) => Promise<unknown>;

const [, , bundle = ''] = process.argv;
const { handler }: { readonly handler: Handler } = await import(bundle);

process.on('message', async ({ id, event }: { readonly id: number; readonly event: unknown }) => {
  try {
    process.send?.({ id, answer: (await handler(event, CONTEXT)) ?? null });
  } catch (error) {
    process.send?.({ id, error: String(error) });
  }
});
process.send?.({ ready: true });
