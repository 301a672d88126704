import { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import { makeAllCalls } from './all-calls.ts';
import { validated } from './validated.ts';

const app = new Hono();
app.get('/activate', async (context) => {
  const { name } = await validated(context.req.query(), context.req.header('X-Instance-Identity'));
  const minted = await makeAllCalls();
  return context.json({
    Name: name,
    ActivationId: minted?.ActivationId,
    ActivationCode: minted?.ActivationCode,
  });
});

/** The same calls and the same validation, on hono's own adapter. */
export const handler = handle(app);
