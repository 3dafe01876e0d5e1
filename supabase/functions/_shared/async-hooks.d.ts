/** The part of Node's module that is used: Deno looks for the types of all of Node otherwise. */
export class AsyncLocalStorage<Store> {
  run<Result>(store: Store, work: () => Result): Result;
  getStore(): Store | undefined;
}
