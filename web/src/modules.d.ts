// Names that the build resolves to files outside the sources.
declare module '#core?url' {
  const url: string;
  export default url;
}
