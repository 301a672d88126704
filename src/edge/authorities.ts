/** Every authority that a request names: a target in absolute form, and each of its Host headers. */
export const authoritiesOf = (target: string, rawHeaders: readonly string[]): string[] => {
  const [, ofTarget] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(target) ?? [];
  const named = rawHeaders.filter(
    (_, index) => index % 2 === 1 && /^(?:host|:authority)$/i.test(rawHeaders[index - 1] ?? ''),
  );
  return ofTarget === undefined ? named : [ofTarget, ...named];
};
