import { once } from 'node:events';
import { request } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { LedgerUnavailable } from '../../src/activation/errors.ts';
import { createCallers } from '../../src/http/callers.ts';
import { problemIn, startApi } from './api.ts';

/** A server that takes on two callers, and whose ledger answers nobody about a name. */
const startBusy = async () => {
  const callers = createCallers(2);
  const waiting: AbortSignal[] = [];
  const api = await startApi({
    callers,
    ports: (service) => (task) => ({
      ledger: {
        ...service.portsFor(task).ledger,
        read: () =>
          new Promise((_resolve, reject) => {
            const { cut = AbortSignal.abort() } = task.deadline;
            const end = () => reject(new LedgerUnavailable('It was cut short.', 2));
            waiting.push(cut);
            if (cut.aborted) end();
            else cut.addEventListener('abort', end);
          }),
      },
    }),
  });
  onTestFinished(() => callers.dismiss());
  const address = Object(api.app.server.address());
  /** Asks, and waits until the service works on it. */
  const ask = async () => {
    const before = waiting.length;
    const call = request({ host: '127.0.0.1', port: address.port, path: '/activate?name=web-1' });
    const answered = new Promise<number | undefined>((resolve) => {
      call.on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      call.on('error', () => resolve(undefined));
    });
    call.end();
    await expect.poll(() => waiting.length).toBe(before + 1);
    return { answered, hangUp: () => call.destroy() };
  };
  return { api, callers, waiting, ask };
};

test('a caller beyond the most that a server takes on is told to come back, at once', async () => {
  const { api, ask } = await startBusy();
  await ask();
  await ask();

  const response = await api.http.get('/activate?name=web-2');

  const { detail } = problemIn(response, 503, 'ServiceUnavailable');
  expect(detail).toContain('2 other requests');
  expect(Number(response.headers['retry-after'])).toBeGreaterThanOrEqual(1);
});

test('a server that takes nobody on any more says that it is alive', async () => {
  const { api, ask } = await startBusy();
  await ask();
  await ask();

  await api.http.get('/livez').expect(200);
});

test('a caller who hangs up has his work cut short, and leaves his place to another', async () => {
  const { waiting, ask } = await startBusy();
  const first = await ask();
  await ask();

  first.hangUp();
  const cut = waiting[0] ?? expect.fail('nobody was waiting');
  if (!cut.aborted) await once(cut, 'abort');

  await ask();
  expect(waiting.map(({ aborted }) => aborted)).toEqual([true, false, false]);
});

test('callers who are answered leave their places', async () => {
  const { api } = await startBusy();

  for (const _time of [1, 2, 3, 4, 5]) await api.http.get('/tag?name=%0A').expect(400);

  await api.http.get('/tag?name=%0A').expect(400);
});

test('a server that stops answers those who wait, and blames nobody else for it', async () => {
  const { api, callers, ask } = await startBusy();
  const { answered } = await ask();

  callers.dismiss();

  expect(await answered).toBe(503);
  const { detail } = problemIn(await api.http.get('/tag?name=web-1&tags=a'), 503, 'ServiceUnavailable');
  expect(detail).toContain('stopping');
});
