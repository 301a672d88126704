/** One media range of an Accept header and its weight (RFC 9110, 12.5.1). */
const weightOf = (accept: string, type: string): number | undefined => {
  for (const range of accept.split(',')) {
    const [name, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    if (name !== type) continue;
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    return q === undefined ? 1 : Number(q.slice(2)) || 0;
  }
  return undefined;
};

/** Whether a caller wants shell assignments: it says so with `format`, or names text/plain and likes JSON less. */
export const wantsText = (format: 'json' | 'env' | undefined, accept: string | undefined): boolean => {
  if (format !== undefined || accept === undefined) return format === 'env';
  return (weightOf(accept, 'text/plain') ?? 0) > (weightOf(accept, 'application/json') ?? 0);
};
