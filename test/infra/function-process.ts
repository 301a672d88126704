/** A process of a built function's own: loads the bundle as Lambda would, and hands it each event that the test sends. */
import { CONTEXT } from '../http/api-gateway-events.ts';

type Handler = (event: unknown, context: typeof CONTEXT) => Promise<unknown>;

const [, , bundle = ''] = process.argv;
const { handler }: { readonly handler: Handler } = await import(bundle);

interface Invocation {
  readonly id: number;
  readonly event: unknown;
  /** The function's time limit: absent, it is always as far away. */
  readonly limitMs?: number;
}

const contextWithin = (limitMs: number | undefined): typeof CONTEXT => {
  if (limitMs === undefined) return CONTEXT;
  const end = performance.now() + limitMs;
  return { ...CONTEXT, getRemainingTimeInMillis: () => Math.max(0, end - performance.now()) };
};

process.on('message', async ({ id, event, limitMs }: Invocation) => {
  try {
    process.send?.({ id, answer: (await handler(event, contextWithin(limitMs))) ?? null });
  } catch (error) {
    process.send?.({ id, error: String(error) });
  }
});
process.send?.({ ready: true });
