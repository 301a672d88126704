/** Tags as they are given to the service: a comma cannot occur in one. */
export const tagText = (tags: Readonly<Record<string, string>> | undefined): string =>
  Object.entries(tags ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
