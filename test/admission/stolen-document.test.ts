import { expect, test } from 'vitest';
import { documentOf, INSTANCE, pendingAt, withDocument } from './credentials.ts';
import { startFleet } from './fleet.ts';

const MINUTE_MS = 60_000;
/** An agent silent for longer is ConnectionLost. */
const SILENT_MS = 11 * MINUTE_MS;

test('a fresher document does not shut out the node that it was stolen from before that node falls silent', async () => {
  const fleet = await startFleet();
  const { call, clock } = fleet;
  const ask = (document: string) => call('/activate', withDocument(document));
  const { ping } = await fleet.register(await ask(documentOf(pendingAt(clock.now()))));
  await ping();
  await fleet.sweepAfter(MINUTE_MS);
  const fresher = documentOf(pendingAt(clock.now()));

  const whileOnline = await ask(fresher);
  clock.advance(SILENT_MS);
  const onceSilent = await ask(fresher);

  expect(whileOnline).toMatchObject({ status: 409 });
  expect(onceSilent).toMatchObject({ status: 200, body: { Name: INSTANCE } });
});

test('one document does not rejoin twice: what it got is the proof that the next one must be fresher than', async () => {
  const fleet = await startFleet();
  const { call, clock } = fleet;
  const ask = (document: string) => call('/activate', withDocument(document));
  const boot = async (document: string) => {
    const { id, ping } = await fleet.register(await ask(document));
    await ping();
    await fleet.sweepAfter(MINUTE_MS);
    clock.advance(SILENT_MS);
    return id;
  };
  await boot(documentOf(pendingAt(clock.now())));
  const second = documentOf(pendingAt(clock.now()));
  const id = await boot(second);

  const answer = await ask(second);

  expect(answer).toMatchObject({ status: 409, body: { detail: expect.stringContaining(id) } });
});
