/** How a Pipefile names a source that lies elsewhere. Pure. */

/** A source that lies elsewhere: `https://…`. */
export type Url = `http://${string}` | `https://${string}`;

/**
 * A source that lies elsewhere, as an input. Each build asks the server whether it has another version (ETag,
 * Last-Modified), and downloads it only then; the action reads a file whose name ends as the URL's path does. What fails
 * is tried again as the rule's `retry` says, with the kind `network`.
 */
export const url = (text: Url): Url => text;
