/** The SDK's own logging: what it warns of. Its entries about calls hold inputs and answers, in which there are secrets. */
const createSdkLogger = (warning: (text: string) => void) => ({
  trace: () => {},
  debug: () => {},
  info: () => {},
  warn: (...content: unknown[]) => {
    const [text] = content;
    if (typeof text === 'string') warning(text);
  },
  error: () => {},
});

/** For every client of AWS: the retries are the service's own, which knows what a lost answer means. */
export const clientOptions = (warning: (text: string) => void) => ({
  maxAttempts: 1,
  logger: createSdkLogger(warning),
});
