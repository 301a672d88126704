/** A try was not answered within its time. */
const notAnswered = (milliseconds: number) =>
  new DOMException(`No answer came within ${Math.round(milliseconds)} ms.`, 'TimeoutError');

/**
 * One try of a call, which ends within its time whatever the callee does. The signal closes its socket; what cannot be
 * aborted, such as a search for credentials, is left alone.
 * @throws DOMException `TimeoutError` when the time is up, `AbortError` when the work is cut short
 */
export const tryWithin = async <T>(
  milliseconds: number,
  cut: AbortSignal | undefined,
  send: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const controller = new AbortController();
  const { signal } = controller;
  const ended = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  const onCut = () => controller.abort();
  // A process that was held up runs its timers first, then reads the answers that came meanwhile: they get two turns.
  const late = () => setImmediate(() => setImmediate(() => controller.abort(notAnswered(milliseconds))));
  const timer = setTimeout(late, milliseconds);
  cut?.addEventListener('abort', onCut, { once: true });
  if (cut?.aborted) onCut();
  try {
    return await Promise.race([ended, send(signal)]);
  } finally {
    clearTimeout(timer);
    cut?.removeEventListener('abort', onCut);
  }
};
