// The types of the Emscripten module as built from bindings.cpp.
declare module '#module' {
  export interface CoreModule {
    open(documents: string, root: string): string;
    attach(handle: number, table: string, bytes: Uint8Array, source: string): string;
    call(handle: number, method: string, request: string): string;
    close(handle: number): void;
  }

  export interface ModuleOptions {
    instantiateWasm?(
      imports: WebAssembly.Imports,
      done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
    ): object;
    locateFile?(file: string): string;
    print?(line: string): void;
    printErr?(line: string): void;
    onAbort?(reason: unknown): void;
  }

  export default function createModule(options?: ModuleOptions): Promise<CoreModule>;
}
