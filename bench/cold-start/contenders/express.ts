import express from 'express';
import serverless from 'serverless-http';
import { makeAllCalls } from './all-calls.ts';
import { validated } from './validated.ts';

const app = express();
app.get('/activate', async (request, response) => {
  const { name } = await validated(request.query, request.get('X-Instance-Identity'));
  const minted = await makeAllCalls();
  response.json({ Name: name, ActivationId: minted?.ActivationId, ActivationCode: minted?.ActivationCode });
});

/** The same calls and the same validation, on express and its usual adapter. */
export const handler = serverless(app);
