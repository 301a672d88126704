/** SSM's alphabet for default instance names, tag keys and tag values (API model, CreateActivation). */
const SSM_ALPHABET = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
/**
 * The part of it that can be seen. Some letters are drawn as nothing: those that Unicode lets a font leave out, such as
 * U+3164 and U+115F, and the two blanks of the Egyptian script. Of the spaces only the plain one is known to everyone.
 */
const VISIBLE = /^(?:(?![\p{Default_Ignorable_Code_Point}\u{13441}\u{13442}])[\p{L}\p{N} _.:/=+\-@])*$/u;
/** The part of both that nearly all texts are of: the whole takes V8 milliseconds to compile when it is first used. */
const THEIR_ASCII = /^[\w .:/=+\-@]*$/;

export const isInSsmAlphabet = (text: string): boolean => THEIR_ASCII.test(text) || SSM_ALPHABET.test(text);
export const isVisible = (text: string): boolean => THEIR_ASCII.test(text) || VISIBLE.test(text);

/** For the JSON Schema of what `isInSsmAlphabet` checks. */
export const SSM_PATTERN = { pattern: SSM_ALPHABET.source };
