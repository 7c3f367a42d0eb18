// Names that the build resolves to files outside the sources.
declare module '#core?url' {
  const url: string;
  export default url;
}

// Made when the page is built, from the symbols of the cards: MathML by plain text.
declare module 'virtual:symbols' {
  export type MathTree = [name: string, attributes: Record<string, string>, ...children: (MathTree | string)[]];
  const symbols: Record<string, MathTree>;
  export default symbols;
}
