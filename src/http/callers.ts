import type { ServerResponse } from 'node:http';
import { ServiceUnavailable } from '../activation/errors.ts';

/** The callers whose requests a server is working on. */
export interface Callers {
  /**
   * Lets a caller in until it is answered or has gone. The signal cuts its work short when it has gone.
   * @throws ServiceUnavailable when there are too many
   */
  admit(response: ServerResponse): AbortSignal;
  /** Cuts the work for all of them short, and for those who come later: they are answered at once. */
  dismiss(): void;
  readonly areDismissed: boolean;
}

const RETURN_SECONDS = 2;

/** What each caller holds is bounded by the limits of a request, so that `most` bounds the memory of them all. */
export const createCallers = (most: number): Callers => {
  const inProgress = new Set<AbortController>();
  let areDismissed = false;
  return {
    admit: (response) => {
      if (inProgress.size >= most) {
        throw new ServiceUnavailable(
          `${most} other requests are in progress, the most that this server takes on; try again.`,
          RETURN_SECONDS,
        );
      }
      const caller = new AbortController();
      inProgress.add(caller);
      response.once('close', () => {
        inProgress.delete(caller);
        if (!response.writableFinished) caller.abort();
      });
      if (areDismissed) caller.abort();
      return caller.signal;
    },
    dismiss: () => {
      areDismissed = true;
      for (const caller of inProgress) caller.abort();
    },
    get areDismissed() {
      return areDismissed;
    },
  };
};
