/**
 * The folder of the files that are served as they are, `bootstrap-scripts/` and `openapi.json`: the checkout, or what a
 * bundle stands beside. It ends in a slash.
 */
export type ServedFrom = URL;
