/** A part of a catalogue, cut out by `words.ts` beside the configuration of Vite. */

declare module "words:*" {
  const words: Record<string, string>;
  export default words;
}
